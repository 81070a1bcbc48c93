"""Names for people who stay unknown: "Quiet Heron".

A name comes from a random id, never from a number. Every adjective goes with every animal: all are mild, none
says anything of the person, and none makes a name that somebody could bear ("Hazel Finch").
"""

from __future__ import annotations

import hashlib

_ADJECTIVES = """
Azure Breezy Bright Bronze Calm Careful Cedar Cheerful Clear Clever Copper Cosy Crimson Curious Dapper Early Evening
Fleet Forest Friendly Frosty Gentle Golden Graceful Honest Island Keen Kindly Lilac Lively Lucky Lunar Maple Marble
Meadow Mellow Mild Misty Morning Mossy Neat Nimble Noble Northern Ochre Patient Placid Plucky Polite Proud Quick Quiet
Ready Rustic Serene Silver Snowy Solar Southern Spring Steady Sunny Tawny Thoughtful Tidy Topaz Tranquil Valley Velvet
Warm Western Winter Wise Witty Woodland
"""

_ANIMALS = """
Avocet Badger Barbet Bittern Bluebird Brambling Bunting Butterfly Chaffinch Cormorant Corncrake Crane Cricket Curlew
Dipper Dolphin Dormouse Dotterel Dragonfly Dunlin Eagle Egret Eider Falcon Fieldfare Finch Firecrest Flamingo Gannet
Goldcrest Goldfinch Goshawk Grebe Greenfinch Hare Harrier Hawfinch Hedgehog Heron Hoopoe Ibis Jackdaw Kestrel
Kingfisher Kittiwake Lapwing Lark Linnet Magpie Mallard Marten Nightingale Nuthatch Oriole Osprey Otter Owl Pelican
Petrel Pintail Pipit Plover Puffin Quail Raven Redpoll Redstart Rook Salmon Sandpiper Seahorse Siskin Skylark Snipe
Sparrow Starling Stork Swan Swift Tern Thrush Turnstone Wagtail Waxwing Whimbrel Whinchat Wigeon Wren
"""

ADJECTIVES = tuple(_ADJECTIVES.split())
ANIMALS = tuple(_ANIMALS.split())


def friendly_name(seed: str) -> str:
    """The name of whatever ``seed`` identifies: always the same for the same seed."""
    drawn = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")
    rest, adjective = divmod(drawn, len(ADJECTIVES))
    return f"{ADJECTIVES[adjective]} {ANIMALS[rest % len(ANIMALS)]}"
