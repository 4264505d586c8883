"""Every setting, in one place; read by the entry points only, lower layers get plain arguments.

A setting comes from the environment (``CHARTERWIJZER_INDEX_DIR=…``) or from ``charterwijzer.toml`` in the user's
configuration folder; the environment wins. Unknown names are refused, since a misspelt setting does nothing silently.
"""

import os
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path, user_config_path, user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from index.encoder import PACKAGED
from ingest.errors import UsageError

Llm = Literal["off", "auto", "required"]
PREFIX = "CHARTERWIJZER_"
FILE = user_config_path("charterwijzer") / "charterwijzer.toml"


class Settings(BaseSettings):
    """What a user can set; the README's table of settings is tested against these fields."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", toml_file=FILE)

    index_dir: Path = Field(user_data_path("charterwijzer") / "index", description="map van de index")
    cache_dir: Path = Field(user_cache_path("charterwijzer"), description="map waarin het model wordt uitgepakt")
    model: str = Field(PACKAGED, min_length=1, description="embeddingmodel: meegeleverd, hubnaam of map")
    depth: int = Field(80, ge=10, le=1000, description="aantal passages dat de tweede stap opnieuw ordent")
    refusal_threshold: float = Field(
        0.41, ge=0.0, le=1.0, description="zekerheid waaronder een vraag 'staat er niet in' krijgt"
    )
    answer_words: int = Field(90, ge=20, le=300, description="lengte van een antwoord in woorden, ongeveer")

    ollama_url: str = Field(
        "http://localhost:11434", pattern=r"^https?://", description="adres van de taalmodelserver (Ollama)"
    )
    llm: Llm = Field("auto", description="schrijven met een taalmodel: off, auto (als het er is) of required")
    llm_model: str = Field("gemma3", min_length=1, description="taalmodel op die server")
    llm_context: int = Field(8192, ge=2048, le=131072, description="tekens (tokens) die het taalmodel tegelijk leest")
    llm_temperature: float = Field(0.0, ge=0.0, le=2.0, description="grilligheid van het taalmodel; 0: geen")
    llm_seed: int = Field(2008, ge=0, description="beginwaarde van het toeval in het taalmodel")
    llm_first_word: float = Field(60.0, gt=0, le=3600, description="seconden wachten op het eerste woord")
    llm_silence: float = Field(20.0, gt=0, le=3600, description="seconden wachten op een volgend woord")
    llm_total: float = Field(180.0, gt=0, le=3600, description="seconden voor een heel antwoord")
    feedback_file: Path = Field(
        user_data_path("charterwijzer") / "feedback.jsonl", description="bestand met oordelen van gebruikers"
    )
    ui_user: str = Field("-", min_length=1, description="gebruikersnaam voor de pagina; -: zonder aanmelden")
    ui_password: str = Field("-", min_length=1, description="wachtwoord voor de pagina; -: zonder aanmelden")
    debug: bool = Field(False, description="toon bij een onverwachte fout waar in het programma zij ontstond")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, environment, file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings() -> Settings:
    """Read the settings; raise UsageError that names the setting, what it was and what it may be."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known)
    if unknown:
        raise UsageError(f"Onbekende instelling {unknown[0]}", ", ".join(sorted(known)))
    try:
        return Settings()
    except ValidationError as error:
        raise _refused(error) from error
    except (OSError, ValueError) as error:  # no TOML, no UTF-8, or not to be opened
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(
            f"Het instellingenbestand {FILE} is niet te lezen: {reason}",
            'regels als: llm = "off"',
            "Herstel of verwijder het bestand",
        ) from error


def _refused(error: ValidationError) -> UsageError:
    first = error.errors()[0]
    name = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        return UsageError(f"Onbekende instelling {name} in {FILE}", ", ".join(Settings.model_fields))
    return UsageError(
        f"Instelling {name} heeft de waarde {first.get('input')!r}: {first['msg']}",
        f"een geldige waarde voor {PREFIX}{name.upper()} of voor {name} in {FILE}",
    )
