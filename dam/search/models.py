"""What is seen, said and written in a version."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone
from pgvector.django import HalfVectorField

from dam.accounts.models import Brand
from dam.catalog.models import Asset, Version


class IndexState(models.TextChoices):
    BUILDING = "building", "Being built"  # beside the active one
    ACTIVE = "active", "Searched"
    RETIRED = "retired", "To be dropped"


class EncoderIndex(models.Model):
    """What one encoder has seen of the library. One is active: searches ask it and its encoder alone.

    Its embeddings lie in a partition of their own, with a graph (HNSW) over the pooled ones, that
    dam.search.encoder_indexes makes and drops.
    """

    id = models.SmallAutoField(primary_key=True)
    identity = models.CharField(max_length=120, unique=True)  # of the encoder (encoders.base)
    label = models.CharField(max_length=120, blank=True)
    folder = models.CharField(max_length=500, blank=True)  # where it lay when it was last used
    dimensions = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=IndexState.choices)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)  # when it had seen the whole library, or was retired
    # How far the building has come (dam.search.reindexing): versions to look at, and looked at since then.
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    # It goes through all versions, newest first, until nothing is left: where it is, how often it has begun
    # anew, and how many versions it found to do in this pass, and failed at.
    reached_at = models.DateTimeField(null=True)
    reached_id = models.UUIDField(null=True)
    passes = models.PositiveSmallIntegerField(default=0)
    tried = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    # When tags had been suggested by it throughout the library (dam.search.tagging.anew), and until then the
    # version that was reached.
    tags_at = models.DateTimeField(null=True)
    tags_reached_at = models.DateTimeField(null=True)
    tags_reached_id = models.UUIDField(null=True)
    # The same of the meanings of prompts (dam.search.prompt_meanings).
    prompts_at = models.DateTimeField(null=True)
    prompts_reached_at = models.DateTimeField(null=True)
    prompts_reached_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state=IndexState.ACTIVE), name="encoder_index_one_active"
            )
        ]

    def __str__(self) -> str:
        return self.identity


class Scope(models.IntegerChoices):
    """What an embedding stands for. All but single frames are pooled, and in the graph."""

    FRAME = 0, "Frame"
    SHOT = 1, "Shot"
    VERSION = 2, "Version"


class Embedding(models.Model):
    """A unit vector for a frame, a shot or a whole version, by one encoder.

    A shot's and a version's are the mean of their frames' (dam.search.pooling); a version of a single shot
    has no row for that. `frame` is the frame itself or the one that is nearest to the mean.

    The table is partitioned by encoder, and rows of different encoders are never compared: so the column has
    no fixed length, and an encoder's rows go in a moment. There are millions, hence no key of their own.
    """

    pk = models.CompositePrimaryKey("version_id", "scope", "frame", "encoder_id")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="embeddings", db_index=False)
    brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # never changes
    frame = models.PositiveIntegerField()  # index in presentation order
    start_ms = models.PositiveIntegerField()
    end_ms = models.PositiveIntegerField()  # of a frame: where the next one begins
    encoder = models.ForeignKey(
        EncoderIndex, on_delete=models.PROTECT, related_name="embeddings", db_index=False
    )
    scope = models.PositiveSmallIntegerField(choices=Scope.choices, default=Scope.FRAME)
    shot = models.PositiveSmallIntegerField(default=0)  # its number, from 0
    vector = HalfVectorField()

    def __str__(self) -> str:
        return f"{self.version} {self.get_scope_display()} at frame {self.frame}"


class PromptMeaning(models.Model):
    """What the prompt of a generated version means to one encoder, as a unit vector.

    Held against other texts, never against pictures. `level` and `spread` are what other texts score on it:
    mean and standard deviation of their inner products (dam.search.prompt_meanings). Partitioned like
    embeddings.
    """

    pk = models.CompositePrimaryKey("version_id", "encoder_id")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+", db_index=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False)
    encoder = models.ForeignKey(EncoderIndex, on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.FloatField()
    spread = models.FloatField()
    vector = HalfVectorField()

    class Meta:
        indexes = [models.Index(fields=["brand"], name="prompt_meaning_of_brand")]

    def __str__(self) -> str:
        return f"prompt of {self.version_id}"


class NullQueries(models.Model):
    """What the null queries (dam.search.null_queries) mean to an encoder, written down by a worker."""

    encoder = models.CharField(max_length=120, unique=True)  # its identity
    revision = models.CharField(max_length=8)  # of the list of queries
    count = models.PositiveIntegerField()
    vectors = models.BinaryField()  # float32, [count, dimensions + 1]

    def __str__(self) -> str:
        return self.encoder


class TimedTextKind(models.TextChoices):
    SPOKEN = "spoken", "Spoken"
    WRITTEN = "written", "Written in the picture"
    CAPTION = "caption", "Said, as captions have it"  # of all languages (dam.captions.tracks)


class TimedText(models.Model):
    """Words that are heard or can be read in a version, from when to when.

    The steps that find them put a version's rows of one kind in place of the earlier ones
    (dam.search.timed_texts).
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="timed_texts")
    kind = models.CharField(max_length=7, choices=TimedTextKind.choices)
    start_ms = models.PositiveBigIntegerField()
    end_ms = models.PositiveBigIntegerField()
    text = models.TextField()
    language = models.CharField(max_length=8, blank=True)  # "en", as ISO 639 has it; empty when unknown
    confidence = models.FloatField(null=True)  # 0 to 1, of the recogniser; none for a file's own subtitles

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end_ms__gte=models.F("start_ms")), name="timed_text_in_order"
            )
        ]
        indexes = [models.Index(fields=["version", "kind", "start_ms"], name="timed_text_of_version")]

    def __str__(self) -> str:
        return self.text


class SearchDocument(models.Model):
    """The words of one version, as they are searched: those of its asset and its own.

    dam.search.documents writes `language` and `words`; the rest is a copy of what the asset says, and the
    database keeps it (triggers on both tables). It narrows a search before it is asked who may see what:
    permission is rights.visibility, always.
    """

    version = models.OneToOneField(
        Version, primary_key=True, on_delete=models.CASCADE, related_name="document"
    )
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="documents")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField()  # the asset's
    latest = models.BooleanField(default=False)
    released = models.BooleanField(default=False)
    # Where the asset stands in time among those of its brand, and the blocks of neighbours it belongs to
    # (dam.search.scopes): so that the newest matches are found without reading all.
    place = models.BigIntegerField(default=0)
    scopes = ArrayField(models.BigIntegerField(), default=list)
    language = models.CharField(max_length=3, blank=True)  # "en", as ISO 639 has it; empty when unknown
    words = SearchVectorField()

    class Meta:
        indexes = [
            models.Index(fields=["brand", "created_at"], name="document_newest"),
            models.Index(fields=["language"], name="document_language"),
            # Written at once: a list of what is still to be sorted in would be read by every search.
            GinIndex(fields=["scopes", "words"], name="document_words", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"words of {self.version_id}"


class FilterRow(models.Model):
    """What filters ask of an asset, in one place with one index: else each filter is a table of its own.

    The database keeps it (triggers on assets, versions, tags, rights and values of a brand's own fields,
    migrations 0078 and 0089); dam.search.filter_rows asks it. `latest` and `released` hold the facts of the
    versions that are shown, as numbers. Who may see what is asked of rights.visibility, always.
    """

    # The database's own constraint deletes it with its asset.
    asset = models.OneToOneField(
        Asset, primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="filter_row"
    )
    tags = ArrayField(models.BigIntegerField())  # their keys
    latest = ArrayField(models.BigIntegerField())
    released = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [GinIndex(fields=["tags", "latest", "released"], fastupdate=False, name="filter_row")]

    def __str__(self) -> str:
        return f"filters of {self.asset_id}"


class LexiconWord(models.Model):
    """A word that occurs in documents of a brand: for beginnings of words, and words spelled alike.

    Nobody waits for another here: a word may be in twice for a while, and how often it occurs is known by
    its magnitude alone (dam.search.lexicon).
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+", db_index=False)
    text = models.CharField(max_length=64)
    magnitude = models.PositiveSmallIntegerField(default=0)  # it was met about 2 ** magnitude times
    spelled = models.BooleanField(default=True)  # of letters alone: it can be misspelt

    class Meta:
        indexes = [
            models.Index(
                fields=["brand", "text"], name="lexicon_word", opclasses=["int8_ops", "text_pattern_ops"]
            ),
            GinIndex(
                fields=["text"],
                name="lexicon_alike",
                opclasses=["gin_trgm_ops"],
                condition=models.Q(spelled=True),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class CommentText(models.Model):
    """What a remark on a version says: review lies above the library and hands it down to be searched."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="comment_texts")
    source = models.CharField(max_length=40)  # what the part above calls it: the comment's id
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "source"], name="comment_text_once")]

    def __str__(self) -> str:
        return self.text[:60]


class TagSynonym(models.Model):
    """Another word for a tag, of a brand's own vocabulary: who searches for it finds the tag."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="tag_synonyms", db_index=False)
    tag = models.CharField(max_length=60)  # its name: the tag itself goes when no clip has it any more
    word = models.CharField(max_length=60)  # folded, as dam.search.normalising has it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "word", "tag"], name="tag_synonym_once")]

    def __str__(self) -> str:
        return f"{self.word} means {self.tag}"


class BroaderTag(models.Model):
    """That a tag belongs to another in a brand's vocabulary: lime is citrus (dam.search.hierarchy)."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+", db_index=False)
    tag = models.CharField(max_length=60)  # by name: a tag goes when no clip has it any more
    broader = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "tag"], name="broader_tag_once")]
        indexes = [models.Index(fields=["brand", "broader"], name="broader_tag_below")]

    def __str__(self) -> str:
        return f"{self.tag} is a {self.broader}"


class DocumentBuild(models.Model):
    """There is one while the documents of a brand's earlier assets are being built, newest assets first."""

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, related_name="+")
    before = models.DateTimeField(null=True)  # what is still to be done is no newer; all of it where null

    def __str__(self) -> str:
        return f"documents of {self.brand_id}"
