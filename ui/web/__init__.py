"""The web page: HTML made by pure functions, which Gradio carries to the browser and back."""
