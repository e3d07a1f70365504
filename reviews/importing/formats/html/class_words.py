"""What the classes of news sites' pages say of the elements that carry them: words, as data, with the reasons.

Sites name the same things with the same few words, whatever their markup is built with: `a-article-header__lead`,
`article-intro`, `entry-excerpt`, `Vorspann`. So an element is known by the single words of its class, id and the
like, never by the class as a whole or by the site. The words are German and English, lower case; `*` stands for any
rest of a word, a blank for two words that follow each other in one class.

Which words are here was read off the markup of German news sites and of the content systems and frameworks they are
built with (WordPress, TYPO3, schema.org's `itemprop`, Bootstrap). The order matters: the first rule that fits an
element speaks for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: What a rule can say beside a segment kind.
OUT = "out"  # no text of the article, whatever stands in it
ASIDE = "aside"  # no text of the article, except for what names its own kind in it, such as a byline
RELATED = "related"  # points to other articles
BOX = "box"  # part of the article, though extraction may take it for furniture


@dataclass(frozen=True, slots=True)
class ClassRule:
    says: str
    words: str
    why: str


CLASS_RULES: tuple[ClassRule, ...] = (
    ClassRule(
        OUT,
        "nav, navi, navigation, menu, menue, breadcrumb*, brotkrume*, skip, skiplink*, pagination, pager, paging, "
        "toolbar, sidebar, masthead, colophon, toc, table of contents, inhaltsverzeichnis, search, suche",
        "The frame of the site and ways through it.",
    ),
    ClassRule(
        OUT,
        "share, shares, sharebar, sharebox, sharebutton*, sharing*, social*, teilen, merken, merkliste, bookmark*, "
        "follow, followbutton, whatsapp, addthis",
        "Buttons to share or keep the article.",
    ),
    ClassRule(
        OUT,
        "listen, readaloud, read aloud, vorlesen*, vorlese*, anhoeren, audio*, tts, print, printbutton, drucken, "
        "player*, podcast*, playlist",
        "The bar to listen or print, and players: what they say is said of the page, not by the article.",
    ),
    ClassRule(
        OUT,
        "video, videos, videobox, videoplayer, videoteaser, youtube, vimeo, jwplayer, brightcove, mediathek",
        "Boxes with the site's videos.",
    ),
    ClassRule(
        OUT,
        "newsletter*, subscribe*, subscription*, abo, abobox, abonnement, abonnieren, signup, sign up",
        "Invitations to subscribe.",
    ),
    ClassRule(
        OUT,
        "paywall*, pay wall, regwall, piano, upsell*, offer, offers, login*, register, registration, metering",
        "What stands where readers without a subscription are stopped.",
    ),
    ClassRule(
        OUT,
        "comment, comments, commentlist, commentbox, commentform, commentsection, kommentare, kommentarbereich, "
        "kommentarliste, kommentarspalte, forum, forumlink, diskussion, leserkommentare, disqus, respond, reply",
        "What readers wrote. Not `kommentar`, which is also the name of a genre, nor `commentary`.",
    ),
    ClassRule(
        OUT,
        "ad, ads, adslot*, adbox, adcontainer, adunit, adplace*, admarker, advert*, anzeige*, werbung*, werbe*, "
        "banner, sponsor*, promo, promos, promobox, promotion, affiliate*, taboola, outbrain, plista, dfp, gpt, "
        "billboard, skyscraper, iqad*, commercial, shop, shopping, deals, dealbox, preisvergleich, native ad",
        "Advertisements and their marks.",
    ),
    ClassRule(
        OUT,
        "cookie*, consent*, cmp, gdpr, dsgvo, optin, opt in, embed*, tweet, twitter*, instagram*, facebook*, tiktok*, "
        "mastodon, opinary*, poll, polls, umfrage*, voting, quiz",
        "Content of other services, and the question whether to load it.",
    ),
    ClassRule(OUT, "modal, overlay, popup, popover, tooltip, toast", "What lies over the page."),
    ClassRule(
        OUT,
        "tags, taglist, tag list, tag cloud, keywords, schlagwort*, hashtags, topics, topiclist, themenliste, "
        "categories, category list",
        "Key words and sections the article is filed under.",
    ),
    ClassRule(
        OUT,
        "cta, call to action, donate*, donation*, spende, spenden*, petition, button*, btn, feedback, rating, "
        "correction link, fehler melden",
        "What readers are asked to do.",
    ),
    ClassRule(
        OUT,
        "author box, author bio, author info, author card, author profile, author description, author image, "
        "author avatar, about author, autorenbox, autorinnenbox, autorenprofil, autor box, bio, biography, vita, "
        "profile, avatar, gravatar",
        "Who the author is, told below many an article of theirs.",
    ),
    ClassRule(
        OUT,
        "vgwort, pixel, tracking, reading time, readtime, read time, readingtime, lesezeit, word count, view count, "
        "counter, logo, icon, icons",
        "Counters and pictures without content.",
    ),
    ClassRule(
        RELATED,
        "related*, recommend*, empfehlung*, read also, read more, readmore, more on, mehr zum, mehr lesen, more link, "
        "siehe auch, lesen sie auch, lesetipp*, see also, most read, meistgelesen*, popular, trending, top stories, "
        "article list, articlelist, article teaser, teaser list, teaserlist, teasers, teaser box, teaserbox, "
        "inline teaser, crosslink*, linklist*, link list, linkbox*, link box, further reading, next article, upnext, "
        "weiterfuehrend*, weitere artikel, themenbox, dossier, supplementary, "
        "stellenmarkt, jobbox",
        "Ways to other articles.",
    ),
    ClassRule(
        "credit",
        "credit*, copyright, bildquelle, bildrechte, bildnachweis, bildcredit, bildautor, fotograf*, fotocredit, "
        "photographer, photocredit*, imagecredit*, license, licence, lizenz, rights, urheber, urheberrecht, "
        "copyrightholder, image source, img source, photo source, media source, figure source, picture source, "
        "caption source, caption author, figure author, image author",
        "Whose picture it is.",
    ),
    ClassRule(
        "caption",
        "caption*, figcaption, bildunterschrift*, bildunterzeile, bildtext, bildbeschreibung, bu, image description, "
        "image text, img text, picture description, media description, figure description, image subtitle, "
        "absatzbild",
        "What a picture shows.",
    ),
    ClassRule(
        "kicker",
        "kicker*, dachzeile*, overline*, topline*, eyebrow, spitzmarke*, roofline, pretitle, supertitle, toptitle, "
        "preheadline, pre headline, super headline, over title, headline prefix, title prefix, headline emphasis, "
        "header label, headline label, ressortzeile",
        "The line above the headline.",
    ),
    ClassRule(
        "byline",
        "byline*, author*, autor, autoren, autorin, autorinnen, autorenzeile, autorzeile, verfasser*, creator, "
        "redakteur*, kuerzel*, initials, written by, vcard",
        "Who wrote it.",
    ),
    ClassRule(
        "quote",
        "quote*, blockquote, zitat*, pullquote, pull quote",
        "What somebody said, set apart from the text.",
    ),
    ClassRule(
        "heading",
        "subheading, zwischentitel*, zwischenueberschrift*, crosshead*, intertitle, infobox title, infobox titel, "
        "faktenbox titel, box title, box titel, box headline, box heading",
        "A heading within the text.",
    ),
    ClassRule(
        "update",
        "liveblog*, live blog, liveticker*, ticker, update, updates, updatebox, live entry, korrekturhinweis",
        "What was added after publication, and entries of a live blog.",
    ),
    ClassRule(
        BOX,
        "infobox*, info box, infokasten, infoblock, factbox*, fact box, facts, faktenbox, faktenkasten, kasten, "
        "glossar*, key facts, keyfacts, steckbrief, hintergrundkasten",
        "A box with background of the article's own.",
    ),
    ClassRule(
        "teaser",
        "teaser, teasertext, lead, leadtext, lede, intro, introtext, introduction, standfirst*, vorspann*, anriss*, "
        "anreisser, abstract, excerpt, summary, subline, subheadline, sub headline, unterzeile, subtitle, deck, dek, "
        "preamble, einleitung, article description, header description, entry description",
        "The text between headline and article.",
    ),
    ClassRule(
        ASIDE,
        "meta, metadata, metabar, metaline, metatext*, date*, datum*, time, timestamp, publish*, posted on, modified, "
        "footer, aside, actions, tools, options, functions, controls, label, labels, badge*, flag, slider nav, "
        "gallery nav, zoom, enlarge, close",
        "Lines about the article, such as its date, and things to click.",
    ),
)

#: Attributes whose words say what an element is. Sites whose classes are those of a style framework have others.
SPEAKING_ATTRIBUTES = (
    *("class", "id", "itemprop", "role", "data-area", "data-component", "data-testid", "data-test-id", "data-module"),
    *("data-block", "data-name", "data-type", "data-ct-area", "data-manual"),
)

# --- texts --------------------------------------------------------------------------------------

#: Longer texts are never told by how they begin: they are sentences of the article or go by their classes.
LONGEST_LABEL = 220

#: Whole texts, without marks at their ends, that are furniture wherever they stand.
LABELS = frozenset(
    {
        *("anzeige", "anzeigen", "werbung", "advertisement", "sponsored", "gesponsert", "teilen"),
        *("artikel teilen", "beitrag teilen", "drucken", "artikel drucken", "seite drucken", "merken"),
        *("vorlesen", "artikel anhören", "beitrag anhören", "anhören", "jetzt anhören", "kommentare"),
        *("kommentar schreiben", "kommentieren", "kommentare lesen", "startseite", "zur startseite"),
        *("zurück zur startseite", "zum inhalt springen", "mehr anzeigen", "mehr laden", "weiterlesen"),
        *("weiter", "zurück", "nach oben", "schließen", "vergrößern", "bild vergrößern", "link kopieren"),
        *("link kopiert", "auf facebook teilen", "auf x teilen", "auf twitter teilen", "per e-mail teilen"),
        *("newsletter", "feedback", "fehler melden", "inhalt laden", "inhalt anzeigen"),
        *("externen inhalt laden", "video abspielen", "abspielen", "lesezeit", "whatsapp", "facebook"),
        *("twitter", "e-mail", "mail", "pdf", "rss", "abonnieren", "jetzt abonnieren", "anmelden"),
        *("jetzt anmelden", "bildergalerie", "fotostrecke", "zur bildergalerie", "zur fotostrecke", "share"),
        *("print", "listen", "comments", "read more"),
    }
)


@dataclass(frozen=True, slots=True)
class TextRule:
    says: str
    pattern: re.Pattern[str]
    why: str


def _rule(says: str, pattern: str, why: str) -> TextRule:
    return TextRule(says, re.compile(pattern, re.IGNORECASE), why)


TEXT_RULES: tuple[TextRule, ...] = (
    _rule(OUT, r"videos? by\b", "The head of a video box, in English on German pages too."),
    _rule(OUT, r"(?:bild|foto) \d+ (?:von|/) \d+\W*$", "A gallery's counter."),
    _rule(OUT, r"(?:ca\. )?\d+ min\w*\.? lese(?:zeit|dauer)|lese(?:zeit|dauer)\b.{0,20}$", "How long reading takes."),
    _rule(OUT, r"\d+ (?:kommentare?|beiträge|ergänzungen)\W*$", "A link to the comments."),
    _rule(
        OUT,
        r"(?:(?:stand|veröffentlicht|aktualisiert|erschienen|datum)(?: am)?:? *)?(?:(?:mo|di|mi|do|fr|sa|so)\w*,? *)?"
        r"\d{1,2}\. ?(?:\d{1,2}\.|[a-zä]{3,9}) ?\d{4}(?:[ ,–|-]*(?:um )?\d{1,2}[:.]\d{2}(?: uhr)?)?\W*$",
        "Nothing but when it was published.",
    ),
    _rule(OUT, r"(?:keine|alle) (?:news|nachrichten|neuigkeiten|ausgabe) (?:mehr )?verpassen", "A newsletter's line."),
    _rule(OUT, r".*\b(?:unser|mein)\w*(?: [\w-]+){0,3}[ -]newsletter\b", "A newsletter's line."),
    _rule(OUT, r"(?:jetzt|hier|zum)\b.{0,40}\b(?:newsletter|abo|abonnieren|anmelden)\b", "A newsletter's line."),
    _rule(
        OUT,
        r"(?:empfohlener (?:redaktioneller|externer) inhalt|an dieser stelle (?:finden|steht|befindet|wird)\b.*extern|"
        r"externer inhalt|ich bin (?:damit )?einverstanden, dass (?:mir )?extern|mit ihrer zustimmung\b.*extern|"
        r"mit dem laden\b.*\b(?:datenschutz|youtube|video))",
        "The question whether to load the content of another service.",
    ),
    _rule(
        OUT,
        r"(?:weiterlesen mit|jetzt weiterlesen|sie haben (?:bereits|noch kein|schon)\b.*\babo|"
        r"(?:dieser|diesen) (?:artikel|beitrag|inhalt)\b.*\b(?:abonnent|abonnement|registrier|kostenpflichtig))",
        "The end of what is free to read.",
    ),
    _rule(
        RELATED,
        r"lesen sie (?:auch|hier|dazu|mehr)|lies auch|siehe auch|auch (?:interessant|lesenswert)|"
        r"mehr (?:zum thema|dazu|lesen|aus dem ressort|auf )|(?:das )?könnte (?:sie|dich|euch)\b.*\binteressieren|"
        r"weitere (?:artikel|themen|meldungen|nachrichten)|passend zum thema|zum thema:|lesetipps?\b|meistgelesen|"
        r"read also|see also",
        "What leads over to other articles.",
    ),
    _rule(
        "update",
        r"(?:\[?update|aktualisierung|nachtrag|korrektur|(?:anmerkung|hinweis) der redaktion)\b[^.!?]{0,60}[:\]]",
        "What was added after publication says so itself.",
    ),
)

#: A byline between headline and text: `Von Ida Brook`, `Ein Kommentar von Ida Brook und Ole Jansen`.
BYLINE = re.compile(
    r"(?:(?:(?:Ein|Eine) )?[A-ZÄÖÜ][\w-]+ )?[Vv]on (?:[A-ZÄÖÜ][\w.'’-]+|dpa|AFP|Reuters)\b[^.!?]{0,140}\Z"
)

#: Whose a picture is, or where a report comes from, at the head of a short text.
CREDIT = re.compile(
    r"\(?(?:(?:Fotos?|Bild(?:er)?|Symbolbild|Grafik|Bildquelle|Bildnachweis|Quellen?)(?:/\w+)? ?: ?|© ?)\S.{0,120}\Z"
)

#: What stands for the author at the end: `(mki)`, `(dpa/mki)`, `(Mit Material der dpa)`.
INITIALS = re.compile(r"\((?:[a-zäöüß]{2,5}(?:[/, ]+[a-zäöüß]{2,8})*|[Mm]it Material (?:der|von)[^()]{2,40})\)\.?\Z")

_CAMEL_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_WORD = re.compile(r"[\W_]+")


def _compiled(words: str) -> re.Pattern[str]:
    """A pattern for any of the words within ` one class . another class `."""
    alternatives = (re.escape(word.strip()).replace(r"\*", r"\w*").replace(r"\ ", " ") for word in words.split(","))
    return re.compile(rf" (?:{'|'.join(alternatives)})(?= )")


_CLASS_PATTERNS = tuple((rule.says, _compiled(rule.words)) for rule in CLASS_RULES)


def what_words_say(names: str) -> str:
    """What the rules say of the names an element has (its classes and the like, blanks between them), or nothing."""
    words = " . ".join(_NO_WORD.sub(" ", _CAMEL_CASE.sub(" ", name)).strip() for name in names.split())
    sentence = f" {words.lower().replace('ü', 'ue').replace('ö', 'oe').replace('ä', 'ae')} "
    return next((says for says, pattern in _CLASS_PATTERNS if pattern.search(sentence)), "")


def what_text_says(text: str) -> str:
    """What the rules say of a whole short text, or nothing."""
    if len(text) > LONGEST_LABEL:
        return ""
    if text.casefold().strip(" \u00a0.:!?…»›>|→-–—*•") in LABELS:
        return OUT
    return next((rule.says for rule in TEXT_RULES if rule.pattern.match(text)), "")
