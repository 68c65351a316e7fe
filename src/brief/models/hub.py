"""A hub id -> a folder on this machine.

Left out: what the folder holds (`checkpoint_folder.py`).
"""

from pathlib import Path

from brief.errors import HubError, ModelError
from brief.models.checkpoint_folder import weight_files

_FILES = ["*.json", "*.safetensors", "*.model", "*.txt"]
"""Weights in safetensors form, configs, tokenizers; never code and never pickles."""

_TIMEOUT_S = 5.0
"""A hub that has not answered by then is not going to, and the reader is waiting."""


def local_snapshot(repo_id: str, revision: str | None) -> Path:
    """The hub model's folder, downloaded when it is not on this machine yet.

    Args:
        repo_id: `owner/name`.
        revision: Commit or tag; None for the one on this machine, else the newest.

    Returns:
        A transformers folder in the hub library's own cache.

    Raises:
        HubError: It is not on this machine and the hub cannot be reached.
        ModelError: The hub answered, but has no such model or does not give it to us.
    """
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import (
        GatedRepoError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        cached = Path(
            snapshot_download(
                repo_id, revision=revision, allow_patterns=_FILES, local_files_only=True
            )
        )
    except LocalEntryNotFoundError:
        pass
    else:
        # Other programs may have fetched no more than the config.
        if weight_files(cached):
            return cached
    try:
        # A first question with a timeout of its own: the download retries for minutes.
        found = HfApi().model_info(repo_id, revision=revision, timeout=_TIMEOUT_S)
        return Path(snapshot_download(repo_id, revision=found.sha, allow_patterns=_FILES))
    except (GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError) as error:
        at = f" at revision {revision}" if revision else ""
        problem = f"the hub has no model {repo_id}{at}, or does not give it without a login"
        raise ModelError(problem, "check the name; --model news-small is built in") from error
    except Exception as error:  # the hub library's HTTP client changes by version
        problem = (
            f"{repo_id} is not on this machine and the hub cannot be reached "
            f"({type(error).__name__})"
        )
        raise HubError(problem, "use --model news-small, which is built in") from error
