"""Download a model from the Hugging Face hub, or find its local snapshot.

See `checkpoint_folder.py` for the content of the folder.
"""

from pathlib import Path

from brief.errors import HubError, ModelError
from brief.models.checkpoint_folder import weight_files

_FILES = ["*.json", "*.safetensors", "*.model", "*.txt"]
"""File patterns to download: safetensors weights, configs, tokenizers; no code and no pickles."""

_TIMEOUT_S = 5.0
"""Timeout of the first request; a hub that has not answered by then probably will not."""


def local_snapshot(repo_id: str, revision: str | None) -> Path:
    """The hub model's folder, downloaded if it is not on this machine yet.

    Args:
        repo_id: `owner/name`.
        revision: Commit or tag; None for the local one, else the newest.

    Returns:
        A transformers folder in the hub library's own cache.

    Raises:
        HubError: It is not on this machine and the hub cannot be reached.
        ModelError: The hub has no such model or denies access to it.
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
        # Another program may have downloaded only the config.
        if weight_files(cached):
            return cached
    try:
        # A first request with its own timeout, because the download retries for minutes.
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
