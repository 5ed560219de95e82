"""Which words stand close to the words of the world: `python -m generation.previz.neighbours`.

Reads the database files of WordNet 3.0 (Debian's package `wordnet-base`, or any folder that `--wordnet`
names) and writes `world/neighbours.json`, which ships. A word is close to a known one if its usual sense is a
kind of that: an eagle is a bird, a dog is not. The same run lists the words that differ from a known one as a
slip of the keys would, and mean something else: a battle is no bottle.
"""

import argparse
import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from generation import spelling
from generation.previz.world import lexicon
from generation.prompt_parser import Lexicon, Meaning

_FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
_PARTS = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
"""Parts of speech in WordNet's sense keys; 5 marks an adjective that hangs on another."""

Sense = tuple[str, str]
"""Part of speech, and place in its file."""

_KINDS: dict[Meaning, str] = {
    ("shape", "ball"): "ball.n.1 ball.n.3 ball.n.6 sphere.n.2 sphere.n.5",
    ("shape", "cube"): "block.n.1 block.n.3",
    ("shape", "box"): "box.n.1 package.n.2 case.n.5",
    ("shape", "bottle"): "bottle.n.1 jar.n.1 vase.n.1 jug.n.1 pitcher.n.2",
    ("shape", "can"): "can.n.1 canister.n.2",
    ("shape", "cup"): "cup.n.1 mug.n.4 glass.n.2 bowl.n.1 bowl.n.3",
    ("shape", "ring"): "ring.n.2 hoop.n.2 ring.n.8 wheel.n.1 bracelet.n.1 wreath.n.1",
    ("shape", "star"): "star.n.5",
    ("shape", "leaf"): "leaf.n.1",
    ("shape", "phone"): "telephone.n.1",
    ("shape", "shoe"): "footwear.n.2 shoe.n.1",
    ("shape", "balloon"): "balloon.n.1 airship.n.1",
    ("shape", "car"): "car.n.1 motor_vehicle.n.1",
    ("shape", "bird"): "bird.n.1",
    ("shape", "mark"): "logo.n.1 trademark.n.2",
    ("colour", "red"): "red.n.1 red.a.1",
    ("colour", "orange"): "orange.n.2 orange.a.1",
    ("colour", "yellow"): "yellow.n.1 yellow.a.1",
    ("colour", "green"): "green.n.1 green.a.1",
    ("colour", "blue"): "blue.n.1 blue.a.1",
    ("colour", "purple"): "purple.n.1 purple.a.1",
    ("colour", "pink"): "pink.n.1 pink.a.1",
    ("colour", "white"): "white.n.2 white.a.1",
    ("colour", "black"): "black.n.1 black.a.1",
    ("material", "matte"): "matte.a.1 dull.a.2 fabric.n.1 plastic.n.1",
    ("material", "glossy"): "shiny.a.1 shiny.a.2 shiny.a.3 glossy.a.1",
    ("material", "metal"): "metallic_element.n.1 alloy.n.1 metallic.a.1",
    ("material", "glass"): "glass.n.1 transparent.a.1 transparent.a.2",
    ("size", "small"): "small.a.1",
    ("size", "large"): "large.a.1",
    ("motion", "right"): "travel.v.1",
    ("motion", "up"): "rise.v.1 ascend.v.1",
    ("motion", "down"): "fall.v.1 descend.v.1 sink.v.1",
    ("motion", "turn"): "turn.v.1 rotate.v.1 spin.v.1 revolve.v.1",
    ("motion", "bounce"): "bounce.v.1 bounce.v.3 jump.v.1 hop.v.1",
    ("motion", "orbit"): "orbit.v.1 circle.v.1 circle.v.2",
    ("motion", "grow"): "grow.v.2 expand.v.1 expand.v.2 enlarge.v.1",
    ("motion", "pour"): "pour.v.1 pour.v.3 spill.v.1",
    ("motion", "still"): "rest.v.1 stand.v.1",
    ("ground", "table"): "table.n.2 wood.n.1",
    ("ground", "pedestal"): "pedestal.n.1 platform.n.1 base.n.8",
    ("ground", "studio"): "studio.n.1",
    ("ground", "sky"): "sky.n.1 cloud.n.2",
    ("ground", "sea"): "body_of_water.n.1 shore.n.1",
    ("ground", "desert"): "desert.n.1 sand.n.1 dune.n.1",
    ("ground", "city"): "city.n.1 municipality.n.1 road.n.1 skyscraper.n.1",
    ("ground", "grid"): "grid.n.1 grid.n.2 mesh.n.1",
    ("ground", "meadow"): "grassland.n.1 field.n.1 plain.n.1 hill.n.1 mountain.n.1 valley.n.1"
    " forest.n.1 forest.n.2 park.n.1 park.n.2",
    ("light", "day"): "day.n.4 morning.n.1",
    ("light", "dusk"): "evening.n.1 sunrise.n.1 sunset.n.1 twilight.n.1",
    ("light", "night"): "night.n.1 night.n.2 darkness.n.1",
}
"""The senses of WordNet that a value stands for, with all their kinds."""

_NEAR: dict[Meaning, str] = {
    ("count", "three"): "four five six many multiple numerous lots",
    ("shape", "ball"): "bauble",
    ("shape", "bottle"): "champagne whisky whiskey shampoo lotion cologne rum vodka",
    ("shape", "can"): "cola coke lemonade lager beer",
    ("shape", "cup"): "espresso latte cappuccino cocoa",
    ("shape", "heart"): "love valentine",
    ("shape", "phone"): "android",
    ("shape", "shoe"): "heels stiletto pumps sneaker loafer",
    ("shape", "car"): "van lorry",
    ("shape", "mark"): "brand",
    ("colour", "orange"): "rust terracotta",
    ("colour", "yellow"): "mustard",
    ("colour", "green"): "olive mint khaki",
    ("colour", "purple"): "plum amethyst",
    ("colour", "white"): "snowy",
    ("colour", "black"): "jet onyx",
    ("material", "matte"): "leather suede denim",
    ("material", "glossy"): "shimmering glittering glittery satiny sleek",
    ("motion", "right"): "speed",
    ("motion", "up"): "launch hover levitate",
    ("motion", "down"): "plunge",
    ("ground", "table"): "shelf",
    ("ground", "studio"): "indoors",
    ("ground", "sea"): "underwater pool seascape",
    ("ground", "city"): "rooftop cityscape",
    ("light", "day"): "sunlight sunshine sunlit",
    ("light", "night"): "nocturnal",
}
"""Words that are close without being a kind of it."""

_FAR = """
    armilla conglobation conglomeration foam froth lather soapsuds spume suds whitewater shooter wiffle
    abacus anvil cake chock inkpad locknut slab sprag thumbnut tile baggage bale bier billfold hod kit
    locket luggage notecase paintbox pix portfolio pyx sheaf soapbox wallet bota creamer gourd inkpot
    bumper jigger jorum mazer schooner toby carabiner karabiner lei nosewheel paddlewheel pinion retread
    tubeless watchband watchstrap blade needle pinna anklet cleats flats flipper jodhpur scuffer talaria
    waders wedgie amphibian bike cruiser minibike moped motorbike motorcycle pickup transporter wheat
    maize straw bleach bone chalk sanguine ruddy carnation biddy blackburn crane kite rail turkey abs
    bagging belting bib bandana bandanna bunting canvas cobweb cerecloth crossjack dishcloth dishrag
    dishtowel dungaree dustcloth dustrag foresail gaffsail grillwork groundsheet hairnet handkerchief
    hankey hankie hanky headsail huck jib lateen longyi lugsail lungi lungyi macintosh mackintosh mainsail
    meshwork needlepoint netting oddment percale placket rag reseau skysail snood sparker spinnaker
    spritsail staysail swatch tatter topgallant topsail towel trousering wirework yoke alum eureka latten
    mercury spiegel baryta thin great heroic extensive puffy plumping bouffant prodigious accost approach
    circulate come debouch ease ebb elapse emanate encroach escort felicitate follow formicate frogmarch
    greet haunt hie itinerate jostle lag coggle outflank outpoint outrun overfly overhaul overstep pass
    poise precess recede retrace retreat return revisit sift stamp steam trample whine withdraw waft
    intumesce resurface billow scend cascade dismount drip droop flump pounce sag slump submerge submerse
    unhorse capsize coil deviate divert flip overturn straggle swerve upend veer caper hurdle bound
    retrograde adolesce blister dedifferentiate dispread dote effloresce flourish incubate mature maturate
    proliferate senesce speciate surge thrive tumesce undergrow unfold vesicate germinate kneel altar
    alder bamboo booth birch brushwood burl cypress eucalyptus fir larch lectern linden log maple
    matchwood poplar pulpwood redwood sapwood sawdust sequoia splinters spruce sumac sycamore wicker yew
    pecan afterdeck ambo backstage boards deck downstage flybridge footboard footplate foredeck forestage
    foretop launchpad offstage orlop pier proscenium pulpit quarterdeck quay scaffold staddle stairhead
    topside trivet wharf bypath byway cowtown detour pike shortcut hometown anthill arroyo ben campus
    canyon curtilage firebreak fireguard flume formicary funfair gulch gully guyot hammock ley molehill
    nullah ravine seamount wadi snowfield tundra aurora brownout dimout penumbra shade shadiness shadow
    shadowiness umbra weeknight somberness sombreness yellowness reddish pinkness purpleness blueness
    redness blackness whiteness frostiness hoariness chick hen inkiness viridity greenness greenishness
    orangeness rosiness
"""
"""Words whose kinship is too far-fetched for a picture."""

_SAME = """
    bleu dessert deserts bluest rosiest reddest silvery steely shine shiny shimmer shiniest glitter
    glinting glisten waters roads upward downward spun rotated rotational revolved turned rested lifted
    moved whirling walking sailing swimming riding racing wandering meandering tumbling skydiving marching
    limping sprinting rolled rolling inflated enlarged expanded levitation sunniest cloudiest clouded
    sandiest hilly mirrored transparency translucence monolith silks corduroys papery watery traveling
    travelling driven crawling running hugely enamelled skidding slippers hurried rushed rushing dashing
    floatier bubbles darts bouncer spinner darky spic spik
"""
"""Words that WordNet lists apart and that are read rightly all the same, or that no list should hold."""


class WordNet:
    """What is needed of the database: https://wordnet.princeton.edu/documentation/wndb5wn."""

    def __init__(self, folder: Path) -> None:
        self.senses: dict[str, list[Sense]] = {}
        """Of each word, the usual one first."""
        self.above: dict[Sense, list[Sense]] = {}
        """What a sense is a kind of, and for an adjective the one that it is like."""
        self._numbered: dict[tuple[str, str], list[Sense]] = {}
        for part, name in _FILES.items():
            for fields in _lines(folder / f"index.{name}"):
                places = fields[-int(fields[2]) :]
                self._numbered[fields[0], part] = [(part, place) for place in places]
            for fields in _lines(folder / f"data.{name}"):
                self.above[part, fields[0]] = _pointers(fields)
        seen: dict[tuple[str, str, int], int] = {}
        for key, number, times in _lines(folder / "cntlist.rev"):
            word, rest = key.split("%")
            seen[word, _PARTS[rest[0]], int(number)] = int(times)
        for (word, _), senses in self._numbered.items():
            self.senses.setdefault(word, []).extend(senses)
            self.senses[word].sort(key=lambda s: -seen.get((word, s[0], self.number(word, s)), 0))
        self.irregular: dict[str, list[str]] = {
            fields[0]: fields[1:] for name in _FILES.values() for fields in _lines(folder / f"{name}.exc")
        }

    def number(self, word: str, sense: Sense) -> int:
        return self._numbered[word, sense[0]].index(sense) + 1

    def sense(self, name: str) -> Sense:
        """By a name like "bird.n.1"."""
        word, part, number = name.split(".")
        return self._numbered[word, part][int(number) - 1]

    def lineage(self, sense: Sense) -> Iterator[Sense]:
        """A sense and all that it is a kind of, nearest first."""
        found, seen = [sense], {sense}
        for each in found:
            yield each
            further = [above for above in self.above[each] if above not in seen]
            found += further
            seen.update(further)


def _lines(path: Path) -> Iterator[list[str]]:
    """The fields of each line, without the licence at a file's head and the glosses."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if not line.startswith(" "):
                yield line.split("|")[0].split()


def _pointers(fields: list[str]) -> list[Sense]:
    wanted = "&" if fields[2] == "s" else "@"
    after = 5 + 2 * int(fields[3], 16)
    pointers = zip(fields[after::4], fields[after + 1 :: 4], fields[after + 2 :: 4], strict=False)
    return [("a" if part == "s" else part, place) for kind, place, part in pointers if kind == wanted]


def neighbours(wordnet: WordNet, known: Lexicon) -> dict[str, Meaning]:
    """Each word that is close to a value, with that."""
    kinds = {wordnet.sense(name): meaning for meaning, names in _KINDS.items() for name in names.split()}
    found = {word: meaning for meaning, words in _NEAR.items() for word in words.split()}
    passed_over = {*_FAR.split(), *found}
    for word, senses in wordnet.senses.items():
        if word.isalpha() and len(word) > 2 and word not in passed_over:
            close = next((kinds[each] for each in wordnet.lineage(senses[0]) if each in kinds), None)
            # A word that names a colour too is said for that: "a maroon box" is no castaway.
            shade = (kinds[s] for sense in senses for s in wordnet.lineage(sense) if s in kinds)
            meaning = close or next((meaning for meaning in shade if meaning[0] == "colour"), None)
            if meaning:
                found[word] = meaning
    return {word: found[word] for word in sorted(found) if (word,) not in known.phrases}


def others(wordnet: WordNet, known: Lexicon) -> list[str]:
    """The words of the language that would be read as another word, and wrongly."""
    found = {word for word in wordnet.senses if word.isalpha() and not _read_rightly(word, known)}
    found |= {word for word, base in wordnet.irregular.items() if known.respelt(word) not in (word, *base)}
    return sorted(found.difference(_SAME.split()))


def _read_rightly(word: str, known: Lexicon) -> bool:
    """Of forms only those of motions keep the meaning: who is soaring soars, but boxing is no box."""
    read = known.respelt(word)
    if read == word:
        return True
    name, _ = known.neighbours.get(read) or known.phrases.get((read,), ("", ""))
    return name == "motion" and read in spelling.forms(word)


def notice(folder: Path) -> str:
    """WordNet's licence, which wants to be in every copy: the head of each of its files, line by line."""
    with (folder / "data.noun").open(encoding="utf-8") as file:
        head = itertools.takewhile(lambda line: line.startswith(" "), file)
        return " ".join(line.split(maxsplit=1)[-1].strip() for line in head if line.split()[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description="Write world/neighbours.json from WordNet's database files.")
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"), metavar="FOLDER")
    folder = parser.parse_args().wordnet
    wordnet = WordNet(folder)
    known = replace(Lexicon.from_json(lexicon.to_json()), neighbours={}, others=frozenset())
    close = neighbours(wordnet, known)
    strange = others(wordnet, replace(known, neighbours=close))
    document = {"neighbours": close, "others": strange, "neighbours_notice": notice(folder)}
    text = json.dumps(document, separators=(",", ":"))
    lexicon.NEIGHBOURS.write_text(text + "\n", encoding="utf-8")
    print(
        f"{len(close)} words close to a known one, {len(strange)} that only look like one: {len(text)} bytes"
    )


if __name__ == "__main__":
    main()
