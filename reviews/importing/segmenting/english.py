"""English words for the rules; `docs/segmentation.md` says where a new one goes."""

from .words import Language, kinds, with_capitals, words

_MONTHS = words("Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec")
_DAYS = words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")

ENGLISH = Language(
    starters=words(
        """
        the a an he she it they we i you this that these those there here what when where who whom whose why how which
        his her hers its their theirs our my your me him them us but and or nor so yet then however meanwhile still also
        in on at by for from with without within after before since until till during if unless because although though
        while whereas as of to into onto over under between among through throughout across along against about above
        below beyond despite toward towards upon via per like unlike not no nobody none nothing according
        some many most all one two three both each every either neither few several more less much another other others
        such any anyone everyone everything someone something once twice again already even just only perhaps maybe
        instead moreover nevertheless nonetheless thus hence therefore otherwise indeed besides furthermore additionally
        later earlier today yesterday tomorrow now soon often always never sometimes usually recently finally
        eventually first second last next yes
        """
    ),
    abbreviations=kinds(
        never=words(
            """
            Mr Mrs Ms Mx Messrs Mme Mlle Dr Drs Prof Rev Fr Hon Gen Col Lt Maj Capt Cmdr Cpl Sgt Pvt Adm Brig Gov Sen
            Rep Reps Pres Supt Insp Det Msgr Amb
            """
        )
        | with_capitals("vs v approx cf ca est viz ie eg incl"),
        number=words(
            """
            No Nos no nos p pp Vol Vols vol vols Fig Figs fig figs Art art Sec sec Ch ch Para para Pt Op op Tel tel Ext
            ext App Eq eq
            """
        ),
        seldom=_MONTHS
        | words(
            """
            Mon Tue Tues Wed Thu Thur Thurs Fri Sat Inc Ltd Corp Co Cos Bros Jr Sr Esq St Ave Blvd Rd Ln Sq Mt Ft Hwy
            Pkwy Dept dept Univ Assn Bldg Govt Intl Natl Calif Ariz Ala Ark Colo Conn Fla Ga Kan Ky Md Mich Minn Neb Nev
            Okla Pa Tenn Va Vt Wis Wyo al ff min max hrs mins lbs oz
            """
        ),
        final=words("etc"),
    ),
    dotted=kinds(never=words("i.e e.g"), seldom=words("u.s u.k u.n d.c ph.d u.s.a"), final=words("a.m p.m")),
    carriers=(
        *("plan", "vitamin", "group", "grade", "hepatitis", "type", "category", "team", "class", "exhibit", "section"),
        *("block", "zone", "gate", "terminal", "ward", "option", "variant", "war", "act", "part", "series", "line"),
    ),
    counted=frozenset(),
    has_ordinals=False,
    has_noun_capitals=False,
    marked_names=words("yahoo wham joomla jeopardy"),
    speaking=words(
        """
        say says said ask asks asked reply replies replied answer answers answered shout shouts shouted cry cries cried
        add adds added wonder wonders wondered write writes wrote tell tells told insist insists insisted exclaim
        exclaims exclaimed
        """
    ),
    after_times=_DAYS
    | _MONTHS
    | words(
        """
        January February March April May June July August September October November December
        ET EST EDT CT CST CDT MT MST MDT PT PST PDT GMT UTC BST CET CEST UK Eastern Central Pacific
        """
    ),
)
