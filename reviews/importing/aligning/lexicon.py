"""A small German-English word list: what says that two sentences speak of the same thing.

Ours, written for this purpose: frequent content words of newspaper, shop and everyday language, the words of time and
number, and the few pronouns and particles that tell short sentences of a conversation apart. It need not be complete
and gives no translations; names, figures and words alike in both languages are found without it.

One entry a line: German forms, a colon, English forms. A form matches a word as it is or with one of the endings of
its language; a German form also at either end of a compound ("Sicherheitslücke": Sicherheit and Lücke).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

_PAIRS = """
jahr jährig: year
monat: month
woche: week
tag täglich: day daily
stunde: hour
minute: minute
sekunde: second
zeit: time
heute: today
gestern: yesterday
morgen: tomorrow morning
abend: evening tonight
nacht: night
mittag: noon lunch
wochenende: weekend
montag: monday
dienstag: tuesday
mittwoch: wednesday
donnerstag: thursday
freitag: friday
samstag sonnabend: saturday
sonntag: sunday
januar jänner: january
februar: february
märz: march
mai: may
juni: june
juli: july
oktober: october
dezember: december
frühling frühjahr: spring
sommer: summer
herbst: autumn fall
winter: winter
jahrhundert: century
jahrzehnt: decade
zukunft künftig: future
vergangen: past last
anfang beginn begann begonnen: beginning begin began begun start
ende endlich: end finally
million: million
milliarde: billion
prozent: percent
hundert: hundred
tausend: thousand
hälfte halb: half
doppelt: double twice
drittel: third
viertel: quarter
zahl anzahl: number
mann männer: man men
frau: woman women mrs ms
herr: mr sir gentleman
kind kinder: child children kid
junge: boy
mädchen: girl
mensch leute person: people human person
vater: father dad
mutter mütter: mother mom
eltern: parent
sohn söhne: son
tochter töchter: daughter
bruder brüder: brother
schwester: sister
familie: family
freund: friend boyfriend
freundin: girlfriend friend
nachbar: neighbor neighbour
gast gäste: guest
kunde kundin: customer client
bürger: citizen
einwohner bewohner: resident inhabitant
nutzer benutzer: user
leser: reader
zuschauer: spectator viewer audience
schüler: student pupil
student studierende: student
lehrer: teacher
arzt ärzte: doctor physician
forscher wissenschaftler: researcher scientist
chef leiter: boss chief director
präsident: president
kanzler: chancellor
minister: minister
bürgermeister: mayor
sprecher: spokesperson spokesman spokeswoman speaker
könig: king
soldat: soldier
polizei polizist: police officer
feuerwehr: firefighter
täter: perpetrator offender
opfer: victim
verdächtig: suspect
richter: judge
gericht: court
anwalt staatsanwalt: lawyer attorney prosecutor
klage klagt: lawsuit sue suit
urteil: verdict judgment ruling
strafe: punishment penalty fine sentence
gesetz: law act
recht: right
regel: rule
vertrag: contract treaty
regierung: government
staat: state
land länder: country land
bund bundes: federal
stadt städte: city town
gemeinde: municipality community
dorf dörfer: village
kreis: district county circle
bezirk: district
hauptstadt: capital
partei: party
wahl wähler gewählt: election vote voter elect
abgeordnet: mp deputy
opposition: opposition
bundestag: bundestag parliament
parlament: parliament
behörde amt: authority office agency
ministerium: ministry
verwaltung: administration
krieg: war
frieden: peace
waffe: weapon gun
armee: army
angriff angreif: attack
kampf kämpf: fight battle
tod tot tödlich gestorben starb sterben: death dead fatal died die
getötet: killed
mord: murder
verletzt verletzung: injured injury hurt
unfall: accident crash
feuer brand: fire
hilfe helfen hilft: help aid
rettung rettet: rescue save
gefahr gefährlich: danger dangerous risk
sicher sicherheit: safe secure security safety sure certain
schutz schütz: protection protect
krise: crisis
problem: problem
fehler: mistake error fault
lücke: gap hole vulnerability
schaden schäden: damage
lösung: solution
frage fragt gefragt: question ask
antwort antwortet: answer reply
grund gründe: reason ground
folge folgt: consequence follow result
ziel: goal target aim
plan geplant plant: plan
teil: part
anteil: share
ort platz stelle: place site spot location square
straße: street road
brücke: bridge
haus häuser: house home
gebäude: building
wohnung: apartment flat
zimmer: room
raum räume: room space
küche: kitchen
bad: bath bathroom
bett: bed
stuhl: chair
tür: door
fenster: window
wand: wall
garten: garden
kirche: church
schule: school
universität hochschule: university college
krankenhaus klinik: hospital clinic
laden geschäft: shop store business
markt märkte: market
büro: office
fabrik werk: factory plant
unternehmen firma betrieb konzern: company firm business corporation group
hersteller: manufacturer maker
händler: dealer retailer trader
verein klub club: club
verband verein: association
mannschaft team: team
spiel spielt: game play match
spieler: player
trainer: coach trainer
sieg siegt gewinnt gewonnen gewann: win won victory
niederlage verlor verloren: defeat loss lost lose
tor: goal gate
punkt: point
liga: league
saison: season
meister: champion master
turnier: tournament
rennen: race
fußball: football soccer
geld: money
euro: euro
preis: price prize award
kosten kostet kostenlos: cost free
steuer: tax
bank: bank
aktie: share stock
gewinn: profit gain
umsatz: sales revenue turnover
verkauf verkauft: sale sell sold
kauf kauft gekauft: buy purchase bought
bestell: order
zahlung bezahl zahlt gezahlt: pay payment paid
rechnung: bill invoice
wirtschaft: economy economic
handel: trade commerce
arbeit arbeitet: work job labor labour
arbeitsplatz arbeitsplätze: job workplace
mitarbeiter beschäftigt angestellt: employee staff worker
lohn gehalt: wage salary pay
bau baut gebaut: building construction build built
entwicklung entwickelt: development develop
wachstum wächst: growth grow
energie: energy
strom: electricity power
wasser: water
luft: air
licht: light
wind: wind
sonne: sun
regen: rain
schnee: snow
wetter: weather
klima: climate
umwelt: environment
natur: nature
see meer ozean: lake sea ocean
fluss: river
berg: mountain
wald wälder: forest wood
baum bäume: tree
blume: flower
tier: animal
hund: dog
katze: cat
pferd: horse
vogel vögel: bird
fisch: fish
welt: world
erde: earth
himmel: sky heaven
stern: star
auto wagen fahrzeug: car vehicle
zug züge bahn: train rail railway
flugzeug: plane aircraft
flug flüge flughafen: flight airport
schiff: ship
boot: boat
fahrrad rad: bike bicycle wheel
fahrer: driver
fahr fuhr gefahren: drive driving ride travel drove
reise: travel trip journey
urlaub: vacation holiday
verkehr: traffic transport
grenze: border
flüchtling: refugee
körper: body
kopf köpfe: head
gesicht: face
auge: eye
ohr: ear
mund: mouth
nase: nose
haar: hair
hand hände: hand
finger: finger
arm: arm
bein: leg
fuß füße: foot feet
herz: heart
blut: blood
haut: skin
krank krankheit: sick ill disease illness
gesund gesundheit: healthy health
virus: virus
impf: vaccin
medikament: drug medication medicine
essen isst: eat food meal
trink: drink
brot: bread
fleisch: meat
milch: milk
kaffee: coffee
bier: beer
wein: wine
obst: fruit
gemüse: vegetable
salz: salt
zucker: sugar
kleid kleidung: dress clothes clothing
schuh: shoe
hose: pants trousers
hemd: shirt
tasche: bag pocket
farbe: color colour
rot: red
blau: blue
grün: green
gelb: yellow
schwarz: black
weiß: white know
grau: gray grey
groß größe größer größte: big large great size tall
klein: small little
lang lange länger: long
kurz: short
hoch hohe höhe höher: high height
tief: deep low
breit: wide
neu: new
alt älter: old
jung: young
gut besser beste: good well better best
schlecht: bad poor
schön: beautiful nice
schnell: fast quick
langsam: slow
stark: strong
schwach: weak
schwer schwierig: heavy hard difficult
leicht einfach: easy light simple
warm: warm
kalt: cold
heiß: hot
voll: full
leer: empty
offen öffn geöffnet: open
geschlossen schließ: closed close
frei freiheit: free freedom
teuer: expensive
billig günstig: cheap inexpensive
wichtig: important
richtig: correct
falsch: wrong false
möglich: possible
nötig notwendig: necessary
klar: clear
wahr wahrheit: true truth
gleich: same equal
ander anders: other different
erst erste ersten: first
zweit: second
dritt: third
letzt: last
nächst: next
viel: much many lot
mehr: more
wenig: few little less
einig: some several
all: all every everyone
immer: always
nie niemals: never
oft häufig: often frequent
wieder: again
schon bereits: already
noch: still yet
fast: almost nearly
nur: only just
auch: also too
sehr: very
hier: here
zusammen gemeinsam: together joint
allein: alone
links: left
rechts: right
unten: below bottom
zurück: back
weiter: further continue
sag sagt gesagt: say said tell told
erklär: explain declare
bericht berichtet: report
erzähl: tell told story
sprach sprech spricht gespräch: speak spoke talk conversation language
schreib schrieb geschrieben: write wrote written
lesen liest gelesen: read
hör gehört: hear heard listen
sehen sieht sah gesehen: see saw seen look
zeig: show
find fand gefunden: find found
such: search seek
kenn kannt bekannt: know knew known
wissen wusste: know knew knowledge
denk dachte gedacht: think thought
glaub: believe think
meinung: opinion
hoff hoffnung: hope
fühl gefühl: feel felt feeling
lieb liebe: love dear
hass: hate
freu freude: happy joy glad pleased
angst: fear afraid
lach: laugh
schlaf: sleep
leb leben lebt: live life
wohn: live reside
bleib blieb: stay remain
komm kam gekommen: come came
bring brachte gebracht: bring brought
sitz saß: sit sat seat headquarters
lauf lief: run walk ran
fall: case
trag trug: carry wear wore
schlag schlug geschlagen: hit beat strike
schick: send sent
send: send sent broadcast
lern: learn
lehr: teach
brauch benötig: need
woll wollt möcht will: want
versuch: try attempt
wart: wait
verlass verließ: leave
verlier: lose lost
fordert forder forderung: demand call
kritik kritisier: criticism criticize critical
verbot verbiet verboten: ban forbid prohibit
erlaub: allow permit
entscheid entschied entscheidung: decide decision
warn: warn
erhöh gestiegen steigt stieg anstieg: increase rise rose raise
sink gesunken sank rückgang: decrease fall fell drop decline
änder änderung verändert: change
verbesser: improve
nutz benutz verwend: use
buch bücher: book
zeitung: newspaper
zeitschrift: magazine
nachricht: news message
artikel: article item
brief: letter
bild: picture image photo
foto: photo picture
film: film movie
musik: music
lied: song
sänger: singer
künstler: artist
kunst: art
theater: theater theatre
fernseh: tv television
radio: radio
sendung: broadcast program
telefon: phone telephone
handy: phone mobile cell smartphone
rechner computer: computer
netz netzwerk: network net
seite: page side
daten: data
datei: file
konto: account
schlüssel: key
gerät: device
bildschirm: screen
werkzeug: tool
maschine: machine
motor: engine motor
batterie akku: battery
wort wörter: word
name: name
geschichte: history story
kultur: culture
gesellschaft: society company
religion: religion
gott: god
sprache: language
deutsch deutschland: german germany
englisch england: english england
frankreich französisch: france french
österreich: austria
schweiz: switzerland swiss
italien: italy
spanien spanisch: spain spanish
russland russisch: russia
polen: poland
türkei türkisch: turkey turkish
griechenland: greece
ungarn: hungary
usa amerika: usa american america
vereinigt: united
europa europäisch: europe european
eu: eu
köln: cologne
münchen: munich
wien: vienna
bayern bayrisch: bavaria bavarian bayern
sachsen: saxony
nord norden: north
süd süden: south
ost osten: east
west westen: west
verfügbar: available
lieferung liefer: delivery deliver supply
versand: shipping
produkt: product
angebot: offer
qualität: quality
größe: size
gewicht: weight
länge: length
breite: width
material: material
holz: wood wooden
stahl: steel
leder: leather
glas: glass
papier: paper
stein: stone
form: shape form
muster: pattern
stück: piece
paar: pair couple
zustand: condition
gebraucht: used
original: original
danke dank: thanks thank
bitte: please
hallo: hello hi
entschuldigung entschuldig leid: sorry apologize
ja: yes
vielleicht: maybe perhaps
natürlich: course natural
wirklich: really real
eigentlich: actually
leider: unfortunately
hoffentlich: hopefully
schade: pity shame
genau: exactly exact
ich: i
mich mir: me
wir: we
uns: us
du dich dir: you
ihr: her their
er ihm ihn: he him
sie: she they
nicht: not don't doesn't didn't isn't can't won't
kein: no
nichts: nothing anything
niemand: nobody
etwas: something
jemand: someone somebody
aber: but
oder: or
wenn falls: if when
weil: because
obwohl: although
ohne: without
gegen: against
zwischen: between
nach: after
vor: before ago
seit: since
warum wieso weshalb: why
wo: where
wie: how
was: what
kann könn konnt könnt: can could able
muss müss musst: must
soll sollt: should supposed
darf dürf durft: may allowed
würd: would
jetzt nun: now
dann: then
dort: there
heißt bedeut: mean called
derzeit aktuell momentan: current moment
zunächst zuerst: first initial
spät später: late later
früh früher: early earlier former
bald: soon
plötzlich: sudden
kürzlich zuletzt: recent
inzwischen mittlerweile: meanwhile now
während: while during
trotz trotzdem dennoch: despite spite nevertheless nonetheless still
wegen aufgrund: due because
deshalb daher deswegen darum: therefore why so
jedoch allerdings: however
außerdem zudem: addition additional furthermore moreover also besides
rund etwa circa ca ungefähr: about around approximately some
mindestens zumindest: least
höchstens maximal: maximum most
insgesamt: total altogether overall
besonder insbesondere: especial particular special
bisher bislang: far yet previous
unter: under
durch: through by
innerhalb: within
außerhalb: outside
beid: both two
jed: every each
einzig einzeln: only single individual
eigen: own
ganz: whole entire completely
verschieden unterschiedlich unterschied: different various difference
mehrere: several multiple
alles: everything
selbst: myself himself itself themselves even
pro: per
laut zufolge: according
beispiel: example
gruppe: group
rolle: role
erfolg erfolgreich: success successful
weihnacht: christmas
titel: title
runde: round
mitglied: member
zusätzlich: additional
entweder: either
weder: neither nor
ob: whether if
dies: this these
dass: that
ding sache: thing matter
nähe nah: near close
meist meisten: most mostly usually
manch: some
gern gerne mag mögen: like gladly
geh gehen geht ging gegangen: go goes went gone
mach gemacht: make made do done power
geb gibt gab gegeben: give gave given
nehm nimmt nahm genommen: take took taken
steh stehen steht stand: stand stood
lieg liegt lag: lie located
halt hält hielt gehalten: hold held keep kept stop
lass lässt ließ gelassen: let leave left
führ geführt führung: lead led leadership
bekomm bekam erhalten erhielt erhält: get got receive obtain
biet bietet angeboten: offer
erreich: reach achieve
start startet: start launch
gelt gilt galt gültig: apply valid considered
scheint schein schien: seem appear
nenn genannt: call name
treff trifft traf getroffen: meet met hit
verschwind verschwunden: disappear
vermeid: avoid
verhinder: prevent
versteh verstanden: understand understood
vergess vergiss: forget forgot forgotten
erinner: remember remind memory
erwart: expect
erkenn erkannt: recognize recognise
erfahr erleb: experience learn
entsteh entstand entstanden: arise emerge create
entdeck: discover
ergebnis: result
ereignis veranstaltung: event
bestätig: confirm
besuch: visit
betreff betroffen: affect concern
betreib betreiber: operate operator
beweg bewegung: move movement
dauer: duration last take
droht drohung: threat threaten
druck drück: press pressure print
einsatz eingesetzt: use mission operation deploy
ausland ausländisch: abroad foreign
bereich gebiet: area field region
begriff: term
beitrag beiträge: contribution post
bedingung: condition
berühmt: famous
beliebt: popular
bereit: ready willing prepared
beobacht: observe watch
beruf: profession job career
beschreib beschrieb: describe description
besitz: own possess
boden böden: floor ground soil
bühne: stage
dick: thick
dünn: thin
dunkel: dark
hell: bright
echt: real genuine
ehemalig: former
ehrlich: honest
einfluss: influence
einführ: introduce introduction
eingang: entrance
einstellung: setting attitude
erfüll: fulfill meet
ernst: serious
ersetz ersatz: replace replacement spare
fähig: able capable
fehlt fehlen: missing lack
fertig: finished ready done
flasche: bottle
forsch: research
fortschritt: progress
funktion funktionier: function work
geburt geboren: birth born
geburtstag: birthday
gedanke: thought idea
gegner: opponent
geheim: secret
gelegenheit: opportunity chance
genug ausreichend: enough sufficient
geschenk schenk: gift present
geschmack schmeckt: taste
geschwindigkeit: speed
gewalt: violence
gewohn gewöhn: usual used habit
glück: luck lucky happy fortunate
gründ gründer: found founder
griff: handle grip
haft häftling gefängnis: prison detention prisoner jail
festgenommen verhaftet festnahme: arrest
held: hero
heirat verheiratet: marry married
hinweis: note notice information
hintergrund: background
idee: idea
inhalt: content
insel: island
karte: card map ticket
kette: chain
kraft kräfte: force power strength
kündig gekündigt: cancel terminate
abgesagt absage: cancel
kunststoff: plastic
lage: situation position
lager: camp warehouse storage stock
leistung: performance service power
leitung linie: line
loch löcher: hole
mächtig: powerful
maßnahme: measure
mehrheit: majority
menge: amount quantity
messer: knife
miete: rent
mitte: middle center
mittel: means
müde: tired
mut mutig: courage brave
nachfrage: demand
vorteil: advantage benefit
nachteil: disadvantage
oben: above top
oberfläche: surface
öffentlich öffentlichkeit: public
öl: oil
ordnung: order okay ok alright
paket: package parcel
pflanz: plant
pflege: care
pflicht: duty obligation
platte: plate board record
prüf geprüft: check test examine
rahmen: frame framework
rand ränder: edge
reich: rich
reihe serie: series row
reinig sauber: clean
reparatur reparier: repair
richtung: direction toward
rückgabe rücksend rückkehr: return
erstatt: refund
ruhe ruhig: calm quiet rest
sammel sammlung: collect collection
schicht: layer shift
schmerz: pain
schneid schnitt: cut
schrank schränke: cabinet closet wardrobe
schraub: screw
schritt: step
schuld: guilt debt fault blame
selten: rare
sinn: sense meaning
sitzung: session meeting
sofort: immediate
sondern: rather but
sorg: worry concern care ensure
spaß spass: fun
spitze: top tip peak
spur: track trace
stadion: stadium
ständig: constant
statt anstatt: instead
steck: plug
stimm: voice vote agree
stimmung: mood
stoff: fabric substance
stolz: proud
stör: disrupt disturb
streit: dispute argument
streik: strike
strecke: route distance
studie: study
tisch: table
tanz: dance
tatsächlich: actual indeed fact
tausch austausch: exchange
teilnehm teilnahme: participant participate
thema themen: topic theme subject issue
traum träum: dream
traurig: sad
trocken: dry
übernehm übernahm: take took
überrasch: surprise
überzeug: convince
uhr: clock watch
umfrage: survey poll
umgebung: surroundings
unbekannt: unknown
unterstütz: support
untersuch: investigate investigation examine
ursache verursach: cause
verantwort: responsible responsibility
verbind verbunden: connect connection
verbrauch: consumption consume consumer
verbrech: crime criminal
verbreit: spread
verdien: earn deserve
vergleich: compare comparison
verhalten: behavior behaviour
verhältnis beziehung: relationship
veröffentlich: publish release
verpack: packaging pack
verschieb verschoben: postpone move
versicher: insurance insure
versprech versprochen versprach: promise
verstärk: amplifier strengthen
verteidig: defend defense
vertrau: trust confidence
vertret: representative represent
völlig komplett vollständig: completely complete full
vorbereit: prepare preparation
vorn vorne: front
vorschlag vorschläge: proposal suggestion propose
vorsicht: caution careful
vorsitzend: chairman chair chairwoman
vorstell: imagine introduce
vorwurf vorwürfe: accusation allegation accuse
wähl: choose select
wahrscheinlich wohl: probably likely
ware: goods
wechsel: change switch
weg: way path
weise: way manner
wert: value worth
willkommen: welcome
wirk wirkung: effect work
wunsch wünsch: wish
wut wütend: anger angry
zahn zähne: tooth teeth
zeichen: sign
zeuge: witness
zerstör: destroy
ziemlich: quite pretty rather
zufrieden: satisfied happy
zugang: access
zustimm: agree approve
zweifel: doubt
gezwungen: force
termin: appointment date
antrag anträge beantrag: application apply request
anmeld: register registration
frist: deadline period
ansprechpartner kontakt: contact
beschwer: complain complaint
garantie: warranty guarantee
gefallen gefällt: like
anruf anrufen: call
betrag beträge: amount
empfehl empfohlen: recommend
ausbruch: outbreak
pandemie: pandemic
ansteck infizier infektion: infection infected infect
ausgang: exit outcome
ausbild: training education
bildung: education
ermittl: investigate investigator investigation
anklage angeklagt: charge accused defendant
beamt: officer official
zeitpunkt: time point
zeitraum: period
gebühr: fee charge
erlös einnahme: revenue proceeds income
schulden: debt
haushalt: budget household
kommission: commission
ausschuss: committee
rat: council advice
standort: location site
abteilung: department
vorstand: board
bewerb bewerber: apply applicant
wettbewerb: competition contest
auszeichn: award
abschluss: degree conclusion
abstand: distance
korea: korea
großbritannien britisch: britain british uk
niederlande niederländisch: netherlands dutch
belgien belgisch: belgium belgian
dänemark dänisch: denmark danish
schweden schwedisch: sweden swedish
norwegen norwegisch: norway norwegian
tschechien tschechisch: czech
brasilien: brazil
ägypten: egypt
asien: asia asian
afrika: africa african
irak: iraq
syrien syrisch: syria syrian
ukraine ukrainisch: ukraine ukrainian
rom: rome
moskau: moscow
brüssel: brussels
genf: geneva
nürnberg: nuremberg
hannover: hanover
thüringen: thuringia
hessen: hesse
rhein: rhine
"""

_NUMBER_WORDS = """
zwei two 2
drei three 3
vier four 4
fünf five 5
sechs six 6
sieben seven 7
acht eight 8
neun nine 9
zehn ten 10
elf eleven 11
zwölf twelve 12
zwanzig twenty 20
dreißig thirty 30
vierzig forty 40
fünfzig fifty 50
"""


#: Endings a form may have in a text; forms of one or two letters have none.
_ENDINGS = {
    "de": ("", "e", "n", "s", "t", "en", "er", "es", "em", "te", "st", "ern", "ten", "in", "innen", "ung", "ungen"),
    "en": ("", "s", "es", "d", "ed", "ing", "'s", "ly", "r", "er", "ers"),
}
_LINKS = ("", "s", "n", "en", "es", "er", "e")

#: The shortest form that is looked for within a compound, and the shortest word that is taken for one.
_SHORTEST_PART = 5
_SHORTEST_COMPOUND = 9

_Table = Mapping[str, frozenset[str]]


def _read(pairs: str) -> dict[str, _Table]:
    tables: dict[str, defaultdict[str, set[str]]] = {"de": defaultdict(set), "en": defaultdict(set)}
    for line in pairs.strip().splitlines():
        german, english = (side.split() for side in line.split(":"))
        for lang, forms in (("de", german), ("en", english)):
            for form in forms:
                tables[lang][form.casefold()].add(german[0])
    return {lang: {form: frozenset(names) for form, names in table.items()} for lang, table in tables.items()}


_TABLES = _read(_PAIRS)

#: The value of each number word, as digits.
NUMBERS: Mapping[str, str] = {
    form.casefold(): figures
    for *forms, figures in (line.split() for line in _NUMBER_WORDS.strip().splitlines())
    for form in forms
}


def entries(word: str, lang: str) -> frozenset[str]:
    """The names of the entries a case-folded word of a language belongs to; none in languages without a list."""
    table = _TABLES.get(lang)
    if table is None:
        return frozenset()
    found = frozenset().union(*(table.get(form, frozenset()) for form in _forms(word, lang)))
    if not found and lang == "de" and len(word) >= _SHORTEST_COMPOUND:
        found = frozenset().union(*_parts(word, table))
    return found


def _forms(word: str, lang: str) -> Iterator[str]:
    yield word
    for ending in _ENDINGS[lang]:
        if ending and word.endswith(ending) and len(word) - len(ending) > 2:
            yield word[: -len(ending)]
    if lang == "en" and word.endswith("ies"):
        yield word[:-3] + "y"
    if lang == "en" and word.endswith("ing"):
        yield word[:-3] + "e"


def _parts(word: str, table: _Table) -> Iterator[frozenset[str]]:
    """What the longest known beginning and the longest known end of a compound say."""
    for end in range(len(word) - 3, _SHORTEST_PART - 1, -1):
        if word[:end] in table:
            yield table[word[:end]]
            break
    for start in range(3, len(word) - _SHORTEST_PART + 1):
        forms = (word[start : len(word) - len(ending)] for ending in _LINKS if word.endswith(ending))
        known = [table[form] for form in forms if len(form) >= _SHORTEST_PART and form in table]
        if known:
            yield from known
            break
