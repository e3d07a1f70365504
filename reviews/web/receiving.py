"""Files that are uploaded, written to the data folder as they arrive: never held in memory, never past a limit."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http.multipartparser import MultiPartParser
from django.utils.translation import gettext as _

from reviews.importing.upload_files import UploadFolder, UploadRefusedError


class _WithFolders(MultiPartParser):
    """Django's parser, which cuts a file's name down to its last part, without that: folders are part of a name here.

    `upload_files.clean_path` makes such a name safe.
    """

    def sanitize_file_name(self, file_name: str) -> str | None:
        return file_name or None


class _Counted:
    """A stream that knows how many bytes were read of it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._stream.read(size)
        self.count += len(data)
        return data


class Receiver(FileUploadHandler):
    """Takes the files of one request into a folder. What is wrong with them stands in `problem`.

    The first problem ends the reading of the body; what came in by then is for the view to remove.
    """

    def __init__(self, folder: UploadFolder) -> None:
        super().__init__()
        self.folder = folder
        self.problem = ""
        self._parsing = False

    def handle_raw_input(
        self, input_data: Any, meta: Any, content_length: int, boundary: str, encoding: str | None = None
    ) -> Any:
        if self._parsing:  # asked again, by our own parser
            return None
        self._parsing = True
        arriving: Any = _Counted(input_data)  # of a stream, the parser only reads
        parsed = _WithFolders(meta, arriving, [self], encoding).parse()
        if not self.problem and arriving.count < content_length:
            # The parser takes the end of what arrived for the end of the file.
            self.upload_interrupted()
        return parsed

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        try:
            self.folder.begin(file_name)
        except UploadRefusedError as error:
            self._refuse(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            self.folder.write(raw_data)
        except UploadRefusedError as error:
            self._refuse(error)

    def file_complete(self, file_size: int) -> None:
        try:
            self.folder.end()
        except UploadRefusedError as error:
            self._refuse(error)

    def upload_interrupted(self) -> None:
        self.folder.close()
        self.problem = _("The connection broke while the files were sent. Send them again.")

    def _refuse(self, error: UploadRefusedError) -> None:
        self.problem = str(error)
        self.folder.close()
        raise StopUpload from error
