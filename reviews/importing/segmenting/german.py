"""German words for the rules; `docs/segmentation.md` says where a new one goes."""

from .words import Language, kinds, with_capitals, words

GERMAN = Language(
    starters=words(
        """
        der die das den dem des ein eine einen einem einer eines er sie es wir ihr ich du man wer was wann wo woher
        wohin wie warum wieso weshalb wozu womit wofür wodurch wovon woran worauf worum welche welcher welches welchen
        dies diese dieser dieses diesem diesen derselbe dieselbe dasselbe jene jener jenes jenem jenen solche solcher
        jeder jede jedes jedem jeden alle allen alles viele vielen vieles einige einigen einiges manche mancher manches
        mehrere beide beiden kein keine keiner keinen keinem niemand jemand etwas nichts wenige mehr weniger
        sein seine seinen seinem seiner ihre ihren ihrem ihrer unser unsere unserer unseren mein meine meinen meinem
        dein deine euer eure und oder aber doch denn sondern sowohl weder entweder
        danach davor dann dort da dabei dadurch dafür dagegen daher dahin dahinter damit daneben daran darauf daraus
        darin darüber darum darunter davon dazu dazwischen deshalb deswegen dennoch trotzdem jedoch allerdings
        außerdem zudem ferner hingegen hier hierbei hierfür hiermit hierzu hinzu heute gestern vorgestern jetzt nun
        bald später früher zuvor zunächst zuletzt zugleich schließlich endlich inzwischen mittlerweile bislang bisher
        seitdem seither damals demnach demnächst folglich somit so sogar also auch nur noch schon bereits erst erstmals
        immer nie niemals oft manchmal selten häufig meist meistens vielleicht wahrscheinlich vermutlich offenbar
        offensichtlich angeblich eigentlich natürlich tatsächlich übrigens zwar immerhin jedenfalls insgesamt
        einerseits andererseits stattdessen vielmehr unterdessen währenddessen anschließend daraufhin dementsprechend
        gleichzeitig gerade fast rund etwa kaum wenigstens mindestens höchstens besonders vor allem lediglich
        laut gemäß nach seit bis bei mit ohne für gegen um durch über unter auf aus an ab am im in ins zum zur zu vom
        von beim während wegen trotz statt anstatt neben zwischen hinter innerhalb außerhalb gegenüber entlang dank
        leider aktuell derzeit momentan zurzeit künftig weiterhin ursprünglich zusätzlich ebenfalls letztlich
        letztendlich grundsätzlich normalerweise möglicherweise glücklicherweise beispielsweise teilweise insbesondere
        hoffentlich wenn weil dass ob obwohl obgleich falls sobald solange sofern soweit nachdem bevor ehe indem als
        ja nein nicht ebenso genauso anders dessen deren wessen wem wen
        """
    ),
    abbreviations=kinds(
        never=words(
            """
            Dr Dres Prof Dipl Ing ing Mag Lic lic Msgr Pfr Hr Hrn Fr Frl Mr Mrs Ms Mme Mlle St
            med phil jur theol rer nat pol oec habil vet dent mult sc agr techn
            Nr Nrn Abs UAbs Abb Bd Bde Kap Ziff Rn Rdnr Rdn Rz Az Tel Fax Tab Anm Jg lit Lit Urt Beschl Vol Pos Fig Bl
            Hg Hrsg Aufl Aktz Kto
            """
        )
        | with_capitals(
            """
            vgl bzw ca sog inkl incl exkl einschl evtl ggf ggfs insb insbes bes gem mind zzgl abzgl bzgl betr ehem vorm
            geb gest verh verw gegr urspr vorauss durchschn jew entspr hl hll zw zzt zz wg dt engl frz franz ital
            österr lat griech russ amerik brit röm kath evang ev nördl südl westl östl gesetzl staatl städt lfd
            allg stellv
            """
        )
        | words("max min schweiz gen lt"),
        number=words("Art Max No"),
        seldom=words(
            """
            Mio Mrd Bio Tsd Jh Jhd Jhdt Std Min Sek Str str Pl Hbf Bhf Bf Fa Co Corp Inc Ltd Bros Jr Sr Jun Sen jun sen
            Chr Jan Jän Feb Febr Mrz Apr Jul Aug Sept Sep Okt Nov Dez Mo Di Mi Do Sa So
            f ff Gen Reg Rep Gov Lt Col Capt Sgt Temp Gew Stk Stck Pf Pfd Ztr Bez Kr Lkr Prov Abt Ref Red Ges Verl Verf
            Übers Zit Forts Bsp Orig Inst Einw Pers Vors Br Whg Dep Dept Orch ders ebd em emer
            """
        ),
        final=words("usw etc usf uvm uvam"),
    ),
    dotted=kinds(
        never=words(
            """
            z.b d.h d.i i.d.r i.v.m i.s.v i.s.d i.a i.allg i.h.v i.h.d i.w i.w.s i.e.s i.z.m i.ü m.e m.w m.a.w u.u u.e
            z.t z.zt z.z z.hd a.d z.h o.g u.g s.g v.a h.c d.j d.ä e.h n.b i.b
            """
        ),
        seldom=words("u.a u.ä o.ä a.D i.r e.v v.chr n.chr a.a.o v.d.h a.d.h o.d.t v.l.n.r b.a.w"),
        final=words("u.Ä o.Ä u.s.w u.v.m u.v.a u.v.a.m u.a.m u.dgl o.dgl u.dergl u.dgl.m u.s.f"),
    ),
    carriers=(
        *("plan", "vitamin", "gruppe", "klasse", "hepatitis", "typ", "variante", "kategorie", "block", "halle"),
        *("terminal", "gate", "zone", "team", "stufe", "influenza", "größe", "linie", "sektor", "abschnitt", "teil"),
        *("punkt", "tor", "trakt", "flügel", "buchstabe", "version", "option", "szenario", "serie", "note"),
        *("haus", "bus", "gleis", "kurs", "kreis"),
    ),
    counted=words(
        """
        Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember
        Jan Jän Feb Febr Mrz Apr Jun Jul Aug Sept Sep Okt Nov Dez
        Grad Grades Klasse Wahl Ordnung Liga Bundesliga Mannschaft Lesung Runde Halbzeit Spieltag Mal Platz Rang Tag
        Jahr Jahres Jahrhundert Jahrhunderts Jahrtausend Geburtstag Todestag Jahrestag Advent Stock Etage Quartal
        Halbjahr Auflage Staffel Senat Kammer Instanz Amtszeit Weltkrieg Weltkriegs Hälfte Teil
        """
    ),
    has_ordinals=True,
    has_noun_capitals=True,
    marked_names=words("yahoo wham joomla jeopardy"),
    suffixes=("str", "Str", "pl", "Pl", "bhf", "hbf"),
)
