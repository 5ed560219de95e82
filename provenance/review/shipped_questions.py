"""The questions of a legal review that come with the product: likeness, marks, licences, claims, disclosure.

They are no legal advice. A brand takes them over as they are and edits them; each names the rule it comes
from, so that a lawyer sees at once what it is about. "Yes" and "Doesn't apply" let a clip pass.
"""

from dataclasses import dataclass

from dam.core.language import noop


@dataclass(frozen=True)
class Shipped:
    """In English; a brand gets them in its language. `key` says which one a brand's question began as."""

    key: str
    words: str
    help: str
    source: str
    stops: bool = True


LEGAL = (
    Shipped(
        "likeness",
        noop("Has everyone whose face, body or voice can be recognised agreed to this use?"),
        noop(
            "Also people who were imitated: a voice or a face that only resembles a person's counts. "
            "Check that each consent covers the uses, countries and dates you approve."
        ),
        noop("GDPR Art. 6 and 9; rights of publicity; German KUG § 22"),
    ),
    Shipped(
        "marks",
        noop("Are all brands, logos, designs, artworks and characters of others cleared or absent?"),
        noop(
            "Look at packaging, clothes, vehicles, buildings, screens and pictures on walls. "
            "Generated clips often show marks that no one asked for."
        ),
        noop("EU Trade Mark Regulation 2017/1001 Art. 9; Copyright Directive 2001/29/EC"),
    ),
    Shipped(
        "lookalikes",
        noop("Have you checked that it doesn't closely resemble a known work, character or person?"),
        noop(
            "Look at “More like this” on the clip, and search by picture for what stands out. "
            "A style may be borrowed, the work itself may not."
        ),
        noop("Copyright Directive 2001/29/EC Art. 2 and 3"),
        stops=False,
    ),
    Shipped(
        "model",
        noop("Do the licences of the model and of everything it was given allow this commercial use?"),
        noop(
            "The Origin tab names the model, its licence and the inputs. Reference pictures, "
            "fine-tunings and source clips need rights of their own."
        ),
        noop("Licence of the model; terms of each input"),
    ),
    Shipped(
        "music",
        noop("Is the music and every other sound licensed for these uses, countries and dates?"),
        noop(
            "Composition and recording are two rights, and synchronisation is a third. "
            "“Doesn't apply” where there is no sound."
        ),
        noop("Copyright Directive 2001/29/EC; licence of the music"),
    ),
    Shipped(
        "claims",
        noop("Is every claim about a product true, provable and allowed where the clip will run?"),
        noop(
            "Words, numbers and comparisons, and what the picture promises. Food, health, alcohol, "
            "finance, gambling and environmental claims have rules of their own."
        ),
        noop("Unfair Commercial Practices Directive 2005/29/EC; national advertising codes"),
    ),
    Shipped(
        "minors",
        noop("If children appear or are addressed, are the rules for that observed?"),
        noop(
            "Consent of their guardians, working hours of child actors, no direct appeal to buy. "
            "People who only look like children count."
        ),
        noop("UCPD 2005/29/EC Annex I no. 28; AVMS Directive 2010/13/EU Art. 9"),
    ),
    Shipped(
        "disclosure",
        noop(
            "Is it clear how this clip is disclosed as generated or changed by AI, and does it need a label?"
        ),
        noop(
            "A realistic clip of real people, places or events needs a visible label in the EU from "
            "2 August 2026; a work that is evidently artistic or satirical needs a lighter one. "
            "The release carries the machine-readable mark automatically."
        ),
        noop("EU AI Act, Regulation 2024/1689, Art. 50; California SB 942; China's labelling measures"),
    ),
    Shipped(
        "term",
        noop("Do the uses, countries and last day you approve stay within every right above?"),
        noop("The narrowest consent or licence sets the limit for the whole clip."),
        noop("Terms of the consents and licences"),
    ),
    Shipped(
        "authorship",
        noop("Is it recorded what people contributed, where you want to claim copyright?"),
        noop(
            "What a model made alone isn't protected in most countries. Prompts, choices, edits and "
            "sound made by people belong into the description or a comment."
        ),
        noop("US Copyright Office, Copyright and Artificial Intelligence, Part 2 (2025)"),
        stops=False,
    ),
)
