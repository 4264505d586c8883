"""Document -> charters -> section tree -> passages; everything is a span of the unchanged document."""
