"""What people write: short forms and slips of words for places, and the words around them that tell how they are meant.

Every set is of small plain letters, without apostrophes ("isnt").
"""

from __future__ import annotations


def _pairs(text: str) -> dict[str, str]:
    """ "flr=floor lv=level" as a mapping."""
    return dict(pair.split("=") for pair in text.split())


SHORT = _pairs(
    """lvl=level lv=level lev=level lvel=level levl=level lvll=level leve=level
    flr=floor fl=floor flor=floor flo=floor floo=floor foor=floor flrr=floor florr=floor flloor=floor
    lvls=levels flrs=floors story=storey etage=floor stock=floor stockwerk=floor piso=floor planta=floor nivel=level
    niveau=level verdieping=floor
    grnd=ground gnd=ground grd=ground grund=ground groud=ground grond=ground gound=ground gorund=ground
    bsmt=basement bsmnt=basement basemnt=basement bment=basement
    mezz=mezzanine mez=mezzanine mezza=mezzanine
    frst=first scnd=second secnd=second secon=second secound=second thrd=third thid=third trird=third
    thurd=third therd=third frth=fourth
    silnt=silent slnt=silent silence=silent silant=silent scilent=silent silient=silent
    qt=quiet qiet=quiet queit=quiet quit=quite quet=quiet quiete=quiet
    grp=group gruop=group groop=group collaborative=group collab=group
    sth=south sout=south nth=north noth=north nrth=north wst=west
    northern=north southern=south eastern=east western=west
    northside=north southside=south
    rm=room rms=room rom=room roon=room lib=library libary=library libr=library librar=library bldg=building
    hr=hour hrs=hours comp=computer comps=computer pc=computer pcs=computer postgrad=postgraduate
    undergrad=undergraduate stdy=study studdy=study sectn=section"""
)
"""Short forms and slips too short for the general rule, and the word each stands for."""

FLOOR_WORDS = frozenset("level floor storey".split())
FLOOR_LISTS = frozenset("levels floors".split())

KINDS = _pairs("silent=silent quiet=quiet group=group")
KIND_NOUNS = frozenset(
    """study area areas zone zones section floor level room rooms space spaces side bit part end wing place spot corner
    one desk desks seats seating library work working learning pod pods booth booths reading storey""".split()
)
"""What follows a kind that is meant of a zone: "quiet area", "group study"."""

SIDES = frozenset("north south east west left right front back rear middle centre central".split())
COMPASS = frozenset("north south east west".split())
COMPASS_LETTERS = _pairs("n=north s=south e=east w=west")
SIDE_NOUNS = frozenset(
    "wing side end corner block tower section part area building stairs staircase entrance hand".split()
)

GENERIC = frozenset(
    """the a an of in on at by to for and or near next with from study area areas zone zones section sections floor
    floors level levels space spaces room rooms side bit part end wing place library building campus site work working
    learning desk desks seat seats seating table tables block new old open general main public student students staff
    upper lower""".split()
)
"""Words of names which tell no zone from another by themselves."""

POSITION = frozenset("by near beside next behind opposite outside".split())
"""An alias that begins so says where within a floor, not which place."""

SITE_NOUNS = frozenset("library building campus site centre center".split())

PERSONS = frozenset(
    """people person persons ppl peeps lads lad girls girl boys boy guys guy men man women woman students student kids
    kid friends friend mates mate others of us individuals folks bros couples couple groups them freshers postgrads
    undergrads undergraduates undergraduate teens children ladies gentlemen chaps blokes idiots loud noisy random males
    females dudes lecturers staff society members team lot""".split()
)
"""Who is counted: "3 lads"."""

UNITS = frozenset(
    """sec secs second seconds min mins minute minutes mintues minuets m h hr hrs hour hours day days week weeks month
    months year years yr yrs times time x percent pm am oclock pounds quid points stars""".split()
)
"""What is measured: "20 mins"."""

NUMBERED = frozenset(
    """table tables desk desks seat seats pc pcs computer bay bays row booth booths pod pods chair section week day
    year yr term part page chapter question exam no number group gate bus route step phase round stage printer locker
    ticket room version iphone ps aged age weeks grade unit module assignment essay minus plus about over under approx
    approximately around than least""".split()
)
"""What a number is of when it follows: "table 4"."""

AFTER_FLOOR_NOT = frozenset(
    "module modules course courses btec nvq diploma apprenticeship qualification exam exams".split()
)
"""After "level 2", these make it a level of study."""

BEFORE_LEVEL_NOT = frozenset(
    "noise volume sound stress anger energy battery decibel loudness annoyance rage sugar".split()
)
"""Before "level 2", these make it a measure."""

BEFORE_FLOOR_SEAT = frozenset("the this my our same that your whole a".split())

ORDINAL_OF = frozenset(
    """time times day year years text complaint message one week person guy girl lot group call try attempt row table
    desk seat warning class essay exam of in degree half thoughts thought hand year-old nature party world chance
    option reason language this that to place""".split()
)
"""After an ordinal, these make it one of something else than floors."""

DATES = frozenset(
    """exam exams deadline due date essay january february march april may june july august september october november
    december jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday
    sunday""".split()
)

TIME_BEFORE = frozenset("at since until till til before after around about approx past by from between".split())
"""Before a number, these make it a time."""

MONTHS_AND_CLOCK = frozenset("am pm oclock".split())

AFTER_BARE = frozenset(
    """by near next again rn now atm please pls plz today is are its and but so too with they theres there where who
    thanks thx ty asap right help cant i im im someone some loud noisy not tho though lol ffs tbh over beside behind
    this tonight currently still have has making""".split()
)
"""After "on 3", these leave the 3 a floor."""

NOT_WORDS = frozenset("not isnt aint wasnt arent nor never except without dont longer".split())
NOT_PASSES = frozenset(
    """the a an on in at it its is this that even to from for our my level floor actually come go been send look check
    anyone someone""".split()
)
"""Between "not" and what is not meant."""

FIRST_PERSON = frozenset("i im ive we weve were id wed me ill us".split())
HERE_WORDS = frozenset("im ive i we weve were am me sat sitting working studying".split())
THEY_WORDS = frozenset("they theyve theyre he she group lads girls guys boys people them students lot".split())
MOVED = frozenset("moved move moving went gone came relocated shifted going".split())
HEARD = frozenset("hear heard hearing coming comes came echoing drifting travelling traveling bleeding".split())
NEAR_WORDS = frozenset(
    "near nearby beside outside opposite behind above below under beneath over next across between".split()
)
APART_WORDS = frozenset("above below under beneath over underneath outside".split())
"""Before a floor, these make it another floor."""

PUT_RIGHT = frozenset("meant mean correction actually sorry oops typo rather wait".split())
HEDGES = frozenset("the a to of on in at from my just is it its that them us".split())
PREDICATE = frozenset(
    """be being stay staying keep keeping kept is are isnt arent not remain was were been completely so very totally its
    too really more dead went go going wasnt never aint pretty fairly that this as nice""".split()
)
SUPPOSED = frozenset(
    "supposed meant should suppose marked says signs sign signed labelled labeled designated expected".split()
)
APPEALS = frozenset("please pls plz down up enough now everyone guys for ffs shh because when".split())

FILLERS = frozenset(
    """its it is im on in at the am we are sorry i think mean pls please thanks thank you thx ty hi hello hey that this
    thats yes yeah ya no oh ok okay a an to by area loud noise noisy one place bit part side my here there ans answer
    zone sry soz meant and love x xx up down kk""".split()
)
"""Words that leave an answer of one number an answer."""

PLACE_NOUNS = frozenset(
    """cafe cafes booth booths hall halls stage studio court corner printer printers stairs sofa sofas roof security
    window windows front back reception radio""".split()
)
"""Everyday words that are places, where a plan calls one so."""

EVERYDAY = frozenset(
    """able about above actual actually after again against ages ago agree ahead alive allow almost alone along already
    also although always among amount angry annoy annoyed annoying another answer anybody anyone anything anyway
    apart appear area arent argue arguing around arrive arts asked asking asleep away awful baby back bags bang
    banging bark basic beat because become been before begin behave behind being believe below beside best better
    between beyond bird birthday block blast blasting board body book books bored boring both bottle bottom boys
    brain bread break breaking bring brought build building burn busy call called calling calm came camp cannot
    cant card care careful carry case cast catch cause central chair chairs chance change charge chat chats
    chatting chatty cheap check cheer children chips choice chose circle city class clean clear clock close closed
    cloth cold college come comes coming common complain complaint completely constant constantly conversation
    cool corner correct cost cough coughing could count couple course court cover crazy cried cross crowd crying
    cursed dance dancing dark date days dead deal dear death decent deep degree desk desks didnt died difficult
    dinner dirty disgrace disturb disturbed disturbing does doesnt doing done dont door doors down draft draw
    dress drink drinks drive drop during each early ears ease east easy eating else empty enough entire essay even
    ever every everyone everything everywhere exact exam exams except excuse extra extremely eyes face fact fail
    fair fall family fancy fast favour feast feel feels feet felt fight fighting figure fill film filming final
    finals find fine fire fired fist fit five fixed flat flood flour focus follow food foot football force forever
    forget forgot form forth forty found four free fresh friday friend friends front full fully funny game games
    gang gave gets getting ghost giggle giggling girl girls give given glad glass goes going gone gonna good
    gossip gotta grand grant great green grind ground group grouse groups grow guard guess guest guide guys hair
    half hall hand handle hands hanging happen happened happening happy hard hardly hate have havent having head
    heading headphones heads health hear heard hearing heart heavy hell hello help here hers high hold home hope
    horrible hospital hours house huge human hundred hungry hurry hurt idea idiot idiots ignore inside instead
    into isnt item itself join joke joking just keep keeps kept kids kill killing kind kinda knew know known lady
    lads lame language lapse large last late lately later laugh laughing laughs laughter laundry learn learning
    least leave leaves leaving left legs less lets letter letting lever life lift light like line list listen
    little live living local long look looking lose losing lost lots loud louder loudest loudly love lovely lower
    lunch mad made main make making manage many march mark massive mate mates matter maybe mean means meant meet
    meeting mental mess message middle might mind mine minute miss moan money month more morning most mouth move
    moved moves moving much music must myself name near nearby nearly need needs never nice night nine nobody
    noise noises noisy none normal north nose note notes nothing notice number obviously office often once ones
    only open order other others ours outside over paper park part party past peace people perhaps person phone
    phones pick piece place places plain plan play played playing please point poor posh poster power present
    pretty print printer printers probably problem project proper public pull push quest question questions quick
    quickly quilt quiet quietly quite radio rather read reader readers reading ready real really reason refuse
    repeat reply report request rest revise revising ride right ring ringing road rock roof room rooms round rows
    rubbish rude rugby rule rules running said same revision sang save saying says scream screaming screen seat
    seats second seconds section security seem seems seen self send sense sent series serious seriously serve
    session seven shall share shaun sheet shift ship shop short shot should shout shouting show shut sick side
    sight sign signs silence silent silly simple since sing singing single sitting skills sleep sleeping slight
    slow small smell snack sneeze snore snoring social society soft some somebody someone something somewhere song
    sooner sorry sort sound sounds south space speak speaker speaking speech spend sport staff stage stairs stalk
    stand standing start started starting state stay steps still stomp stone stood stop stopped story straight
    strange street stress stressed strict student students studio study studying stuff stupid such suggest super
    supper supposed sure swear swearing table tables take takes taking talk talked talking talks tall team tell
    telling tempt tend term test text texting than thank thanks that thats their them then there these they thing
    things think third thirst this those though thought thousand three through throw till time times tired today
    together told tomorrow tonight took totally touch toward town track train treat trees tried trip trouble true
    truly trust truth trying turn tutor twice type uncle under union until upper upset upstairs used using usual
    usually very video visit voice voices volume wait waiting walk walking wall want wanted warn warning waste
    watch watching water weak wear week weeks weird well went were west what whatever wheel when where which while
    whisper whispering white whole whose will wind window windows wine winter wish with within without woman women
    wonder wont word words work working works world worse worst worth would wouldnt write writing wrong year yeah
    yell yelling yesterday young your yours youth zoom lawn laws lane launch sofa sold solo mood moon moat root
    goat hubs pads pots post posts pets cats cafe safe cave lamp damp camps tramp stack snacks stick booths boots
    boost mouths groan growth grown grounds crown broad groove grope pound bound wound hound""".split()
)
"""Words that are themselves and no slip for another; a slip is looked for among the rest only."""
