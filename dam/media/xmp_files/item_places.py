"""Where the items of a HEIF file are: its box `iloc` (ISO/IEC 14496-12, 8.11.3). Pure."""

import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from dam.media.xmp_files.place import NoPlace, exactly

_IN_FILE = 0


@dataclass(frozen=True)
class Item:
    """The bytes of one: `extents` of index, offset and length, from `base` on."""

    number: int
    method: int = _IN_FILE  # or 1: inside `idat`, 2: inside another item
    base: int = 0
    extents: tuple[tuple[int, int, int], ...] = ((0, 0, 0),)

    def parts(self) -> Iterator[tuple[int, int]]:
        """Start and end of each."""
        for _, offset, length in self.extents:
            yield self.base + offset, self.base + offset + length


@dataclass(frozen=True)
class ItemPlaces:
    """All of them, with the version of the box and how many bytes its numbers have."""

    version: int
    sizes: tuple[int, int, int, int]  # of offsets, lengths, bases and indexes
    items: tuple[Item, ...]

    @classmethod
    def read(cls, content: bytes) -> "ItemPlaces":
        """Raises NoPlace."""
        stream = io.BytesIO(content)

        def number(size: int) -> int:
            return int.from_bytes(exactly(stream, size))

        version = exactly(stream, 4)[0]
        first, second = exactly(stream, 2)
        sizes = (first >> 4, first & 15, second >> 4, second & 15 if version else 0)
        if version > 2 or any(size not in (0, 4, 8) for size in sizes):
            raise NoPlace("The file says in an unknown way where its items are.")
        wide = 4 if version == 2 else 2
        items = []
        for _ in range(number(wide)):
            item, method = number(wide), number(2) & 15 if version else _IN_FILE
            elsewhere, base, count = number(2), number(sizes[2]), number(2)
            if sum(sizes) == 0 and count:
                raise NoPlace("The file doesn't say where its items are.")
            if elsewhere:  # decoders look for it in this one all the same
                raise NoPlace("An item is said to be in another file.")
            extents = tuple((number(sizes[3]), number(sizes[0]), number(sizes[1])) for _ in range(count))
            items.append(Item(item, method, base, extents))
        if stream.read(1):
            raise NoPlace("There is something behind the places of the file's items.")
        return cls(version, sizes, tuple(items))

    def written(self) -> bytes:
        """Raises NoPlace where a number is larger than the box has bytes for."""
        offsets, lengths, bases, indexes = self.sizes
        wide = 4 if self.version == 2 else 2
        numbers = [(len(self.items), wide)]
        for item in self.items:
            numbers += [(item.number, wide), *([(item.method, 2)] if self.version else [])]
            numbers += [(0, 2), (item.base, bases), (len(item.extents), 2)]  # in this file
            for index, offset, length in item.extents:
                numbers += [(index, indexes), (offset, offsets), (length, lengths)]
        head = bytes([self.version, 0, 0, 0, offsets << 4 | lengths, bases << 4 | indexes])
        try:
            return head + b"".join(number.to_bytes(size) for number, size in numbers)
        except OverflowError as problem:
            raise NoPlace("A place in the file is too far behind to be said.") from problem

    def of(self, number: int) -> Item:
        found = [item for item in self.items if item.number == number]
        if len(found) != 1:
            raise NoPlace("The file doesn't say where one of its items is.")
        return found[0]

    def with_item(self, item: Item) -> "ItemPlaces":
        """As the one of its number, or as the last."""
        others = [each for each in self.items if each.number != item.number]
        return replace(self, items=(*others, item))

    def placed(self, number: int, *, at: int, size: int) -> Item:
        """An item that is `size` bytes of the file, from there on."""
        offsets, lengths, bases, _ = self.sizes
        if not lengths or not (offsets or bases):
            raise NoPlace("The file doesn't say where its items are.")
        return Item(number, base=0 if offsets else at, extents=((0, at if offsets else 0, size),))

    def moved(self, by: int, *, around: tuple[int, int], whole: int, but: Collection[int]) -> "ItemPlaces":
        """Once all behind a part of the file has moved, as that grew. `whole` is the file's length.

        Raises NoPlace where an item is inside that part, beyond the file's end, or on both sides.
        """
        items = []
        for item in self.items:
            if item.method == _IN_FILE and item.number not in but:
                item = self._moved(item, by, *around, whole)
            items.append(item)
        return replace(self, items=tuple(items))

    def _moved(self, item: Item, by: int, first: int, last: int, whole: int) -> Item:
        parts = list(item.parts())
        if any(start >= end or end > whole for start, end in parts):
            raise NoPlace("An item of the file ends where it can't.")
        if all(end <= first for _, end in parts):
            return item
        if any(start < last for start, _ in parts):
            raise NoPlace("An item of the file is scattered over it.")
        if self.sizes[2] and (item.base or not self.sizes[0]):
            return replace(item, base=item.base + by)
        extents = tuple((index, offset + by, length) for index, offset, length in item.extents)
        return replace(item, extents=extents)
