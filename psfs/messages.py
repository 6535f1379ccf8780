"""Words for the domain's refusals. Codes come from ``psfs.domain``; the words live here and in the catalogues."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from psfs.formatting import day, moment

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

    from psfs.domain.errors import Refusal

MESSAGES: dict[str, LazyString] = {
    "date_in_future": _l("Datoen ligg fram i tid. Vel i dag eller ein dag som har vore."),
    "date_before_birth": _l("Datoen er før fødselsdatoen."),
    "too_many_activities": _l("Skjemaet kan ha fem aktivitetar om gongen. Avslutt éin før du legg til ein ny."),
    "answer_missing": _l("Vel eit tal eller «ikkje spurt» for kvar aktivitet."),
    "answer_unknown_activity": _l("Aktiviteten høyrer ikkje til dette skjemaet. Opne samtalen på nytt."),
    "score_out_of_range": _l("Skåren må vere eit heilt tal frå 0 til 10."),
    "needs_reason": _l("Skriv ei grunngjeving."),
    "username_malformed": _l("Bruk berre bokstavar, tal, punktum og strek i brukarnamnet."),
    "username_taken": _l("Brukarnamnet %(username)s er i bruk. Vel eit anna."),
    "unknown_user": _l("Det finst ingen konto med brukarnamnet %(username)s."),
    "already_disabled": _l("Kontoen %(username)s er alt stengd."),
    "last_admin": _l("Dette er den einaste administratoren. Lag ein ny før du tek bort denne."),
    "service_needed": _l("Vel ei teneste. Tilsette og leiarar høyrer til ei."),
    "service_taken": _l("Det finst alt ei teneste som heiter %(name)s."),
    "service_unavailable": _l("Tenesta finst ikkje, eller er ikkje i bruk lenger."),
    "no_such_service": _l("Det finst inga teneste som heiter %(name)s. Bruk --new-service om ho skal lagast."),
    "wrong_sign_in": _l("Feil brukarnamn eller passfrase."),
    "wrong_code": _l("Brukarnamnet eller koden er feil, eller koden er brukt eller for gammal. Be om ein ny."),
    "wrong_old_passphrase": _l("Den noverande passfrasen er feil."),
    "too_many_attempts": _l("For mange forsøk. Prøv igjen om %(seconds)s sekund."),
    "passphrase_short": _l("Passfrasen må ha minst %(least)s teikn. Ta gjerne fire tilfeldige ord."),
    "passphrase_long": _l("Passfrasen kan ha høgst %(most)s teikn."),
    "passphrase_simple": _l("Passfrasen er lett å gjette: han gjentek det same eller følgjer ei rekkje."),
    "passphrase_common": _l("Mange bruker denne passfrasen. Vel noko andre ikkje kan gjette."),
    "address_taken": _l("Kan ikkje lytte på %(host)s port %(port)s. Er porten i bruk? Vel ein annan med PORT=8001."),
    "backup_exists": _l("Fila %(file)s finst frå før. Vel eit anna namn."),
    "backup_failed": _l("Kan ikkje kopiere til %(file)s: %(why)s"),
    "backup_postgres": _l("Bruk pg_dump til å kopiere PostgreSQL, og «psfs log heads» til å notere kjedehovuda."),
    # Persons and who takes part
    "open_on_ladder": _l("Personen har alt ei open sak på denne stigen. Spør %(service)s."),
    "unused_service": _l("Det finst inga teneste i bruk som heiter «%(name)s»."),
    "no_such_holder": _l("Det finst ingen tilsett i ei teneste med brukarnamnet «%(name)s»."),
    "holder_elsewhere": _l("%(name)s høyrer ikkje til %(service)s."),
    "contact_is_holder": _l("På dette nivået er den som har stafetten, kontaktperson. Gi stafetten vidare i staden."),
    "not_a_colleague": _l("Vel ein tilsett som har ein open konto."),
    "already_in_team": _l("%(name)s er alt med i teamet."),
    "person_changed": _l("Nokon har endra opplysningane medan du skreiv. Det du skreiv, står her."),
    "case_closed": _l("Saka er avslutta og kan berre lesast. Opne ho igjen for å endre noko."),
    # PSFS: forms, activities and conversations
    "last_score_takes_room": _l(
        "Skjemaet kan ha fem aktivitetar om gongen, og denne blir skåra for siste gong no. "
        "Vel «Ikkje spurt» her, eller legg til den nye aktiviteten etter samtalen."
    ),
    "too_few_activities": _l("Skjemaet må ha minst éin aktivitet. Avslutt heller skjemaet."),
    "no_activities": _l("Skriv minst éin aktivitet."),
    "activity_blank": _l("Skriv kva aktiviteten er."),
    "activity_too_long": _l("Aktiviteten er for lang. Bruk høgst %(limit)s teikn."),
    "activity_twice": _l("«%(text)s» står på skjemaet frå før. Skriv ein annan aktivitet."),
    "activity_id_used": _l("Aktiviteten er alt lagra med andre ord. Last sida på nytt."),
    "activity_used_later": _l("Aktiviteten er med i ein seinare samtale, %(day)s, og kan ikkje avsluttast før det."),
    "answer_ambiguous": _l("Vel anten eit tal eller «ikkje spurt», ikkje begge."),
    "next_due_too_early": _l("Neste samtale må vere etter dagen denne samtalen vart halden."),
    "other_activities": _l("Den dagen var det andre aktivitetar på skjemaet. Stryk samtalen og før han på nytt."),
    "held_that_day": _l("Det er alt ein samtale den dagen."),
    "after_closing": _l("Dagen er etter at skjemaet vart avslutta."),
    "day_is_imported": _l(
        "Samtalane er henta inn frå ei fil som kjenner dei att på dagen. Stryk samtalen og før han på nytt."
    ),
    "form_closed": _l("Skjemaet er avslutta og kan berre lesast. Start eit nytt skjema."),
    "form_id_used": _l("Dette skjemaet er alt lagra med andre aktivitetar. Opne saka på nytt."),
    "id_used": _l("Denne samtalen er alt lagra, med andre svar. Vil du endre ein skår, rettar du han der."),
    "saved_meanwhile": _l(
        "%(who)s lagra ein samtale %(at)s, halden %(held_on)s. Det du har skrive, er ikkje lagra enno."
    ),
    "same_day": _l(
        "%(who)s har alt lagra ein samtale denne dagen, %(held_on)s. Det du har skrive, er ikkje lagra enno."
    ),
    "corrected_meanwhile": _l("Skåren er retta av ein annan sidan du opna sida. Sjå kva som står der no."),
    "details_meanwhile": _l(
        "Nokon har endra opplysningane medan du skreiv. Det du skreiv, står her. Lagrar du, kjem det i staden for det "
        "som står no."
    ),
    "not_the_last": _l("Dagen for neste samtale står i den siste samtalen. Endre han der."),
    "correction_id_used": _l("Denne rettinga er alt lagra, med eit anna innhald."),
    "reworded_meanwhile": _l("Aktiviteten er skriven om av ein annan sidan du opna sida. No står det «%(text)s»."),
    "conversation_struck": _l("Samtalen er stroken og kan ikkje rettast."),
    "nothing_changed": _l("Vel ein annan skår enn den som står der."),
    "identity_number": _l("Dette ser ut som eit fødselsnummer. Det skal ikkje lagrast her."),
    "reason_too_long": _l("Grunngjevinga er for lang. Bruk høgst %(limit)s teikn."),
    "unknown_choice": _l("Vel eitt av alternativa."),
    "unknown_layout": _l("Vel éin om gongen eller alle på eitt ark."),
    # BTI: the ladder
    "needs_outcome": _l("Vel kva som er avgjort."),
    "needs_conversation": _l(
        "Steget seier at det er halde ein «Kva er viktig for deg?»-samtale. Hald han først, "
        "eller hopp over steget med ei grunngjeving."
    ),
    "step_out_of_order": _l(
        "Stega går i rekkjefølgje. Gjer «%(step)s» først, eller hopp over det med ei grunngjeving."
    ),
    "already_done": _l("«%(step)s» er alt registrert."),
    "unknown_step": _l("Steget finst ikkje på dette nivået. Sjå stega på nytt."),
    "cannot_skip": _l("«%(step)s» kan ikkje hoppast over. Flytt eller avslutt saka i staden."),
    "outcome_not_possible": _l("Det går ikkje å avgjere dette her."),
    "close_instead": _l("Dette steget gjer du ved å avslutte saka."),
    "wrong_direction": _l("Nivået ligg ikkje i den retninga du valde."),
    "no_such_level": _l("Nivået finst ikkje på denne stigen."),
    "already_there": _l("Saka står alt på dette nivået. Vel eit anna."),
    "requirement": _l("Noko må vere på plass først. Sjå kva som manglar på stigen."),
    "unknown_close_reason": _l("Vel kvifor saka skal avsluttast."),
    "last_evaluation": _l("Skriv ei siste evaluering."),
    "already_open": _l("Saka er alt open."),
    "no_case": _l("Saka finst ikkje."),
    "another_open_case": _l("Personen har alt ei anna open sak på denne stigen. Avslutt ho før du opnar denne."),
    "date_before_level": _l("Saka kom til dette nivået %(day)s. Avgjerda kan ikkje vere frå før det."),
    "changed_meanwhile": _l(
        "Nokon har endra saka medan du skreiv. Det du skreiv, står her. Les kva som er nytt før du lagrar."
    ),
    "id_taken": _l("Denne sida er alt lagra éin gong, med eit anna innhald. Lagrar du no, blir det ei ny innføring."),
    "date_before_closing": _l("Saka vart avslutta %(day)s. Ho kan ikkje opnast igjen før det."),
    # BTI: consents
    "own_service": _l("Tenesta har saka sjølv og treng ikkje samtykke."),
    "until_before_from": _l("Siste dag må vere same dag som samtykket tek til, eller seinare."),
    "legal_basis_missing": _l("Skriv kva lov eller føresegn som er heimelen."),
    "giver_missing": _l("Vel kven som gir samtykket."),
    "giver_unnamed": _l("Skriv namnet på den eller dei som gir samtykket."),
    "how_missing": _l("Vel korleis samtykket er gitt."),
    "giver_too_young": _l("Før fylte %(age)s år må føresette gi samtykket, gjerne saman med den unge."),
    "giver_is_adult": _l("Ein vaksen samtykkjer sjølv, eller ved verja si."),
    "young_person_too": _l("Frå fylte %(age)s år må den unge sjølv vere med og samtykke."),
    "withdrawn_before_given": _l("Samtykket gjeld frå %(day)s og kan ikkje trekkjast før det."),
    # BTI: the baton
    "offer_open": _l("%(name)s har alt fått spørsmål. Trekk det tilbake før du spør ein annan."),
    "unknown_successor": _l("Vel ein tilsett frå lista."),
    "already_holder": _l("%(name)s har stafetten alt."),
    "successor_without_service": _l("%(name)s høyrer ikkje til noka teneste og kan difor ikkje ta over."),
    "service_without_consent": _l("%(service)s har ikkje samtykke eller heimel for å vere med i saka."),
    "offer_of_ke": _l("KE har spurt %(name)s. Berre KE kan trekkje spørsmålet tilbake."),
    "offer_gone": _l("Spørsmålet er trekt tilbake eller svara på."),
    # BTI: interventions
    "responsible_missing": _l("Vel eller skriv kven som er ansvarleg."),
    "deadline_before_start": _l("Fristen er før tiltaket tek til."),
    "evaluate_before_start": _l("Evalueringa er før tiltaket tek til."),
    "evaluated_before_start": _l("Tiltaket tok til %(day)s. Evalueringa kan ikkje vere frå før det."),
    "intervention_ended": _l("Tiltaket er avslutta og kan berre lesast."),
    "intervention_changed": _l("Nokon har endra tiltaket medan du skreiv. Det du skreiv, står her."),
    "stopped_goes_on": _l("Eit tiltak som er stoppa, held ikkje fram. Vel anten det eine eller det andre."),
    "next_evaluation_missing": _l("Vel ein seinare dag for neste evaluering."),
    # The team and its meetings
    "team_there": _l("Det er alt eit oppfølgingsteam i gang."),
    "no_team": _l("Det er ikkje noko oppfølgingsteam å avslutte."),
    "team_ended_before_start": _l("Teamet starta %(day)s og kan ikkje vere avslutta før det."),
    "no_such_related": _l("Vel ein av dei pårørande."),
    "member_name_missing": _l("Skriv namnet."),
    "member_service_missing": _l("Vel kvar dei kjem frå."),
    "nobody_invited": _l("Vel kven som skal kallast inn."),
    "invited_left": _l("%(name)s er ikkje med lenger og kan ikkje kallast inn."),
    "invited_no_account": _l("Kontoen til %(name)s er stengd. %(name)s kan ikkje kallast inn."),
    "invited_without": _l("Ikkje kalla inn: %(names)s. Kryss av i lista, eller skriv kvifor ikkje."),
    "invited_no_consent": _l(
        "%(name)s kan ikkje kallast inn: %(service)s har ikkje samtykke eller heimel for å vere med i saka."
    ),
    "meeting_not_planned": _l("Møtet er halde eller avlyst."),
    "meeting_changed": _l("Nokon har endra møtet medan du skreiv. Det du skreiv, står her."),
    "meeting_not_held": _l("Skriv referat frå møtet først."),
    "minutes_closed": _l("Referatet er avslutta. Skriv eit tillegg i staden."),
    "minutes_open": _l("Referatet er ikkje avslutta enno."),
    "minutes_of_another": _l("%(name)s skriv referatet."),
    "next_meeting_missing": _l("Vel ein dag etter dette møtet."),
    # Files
    "empty_file": _l("Fila er tom eller øydelagd. Vel ho på nytt."),
    # BTI: the log
    "already_reported": _l("Behovet vart meldt til KE %(day)s og er ikkje avgjort enno."),
    "report_changed": _l("Nokon har gjort noko med meldinga medan du skreiv. Det du skreiv, står her."),
    "report_decided": _l("Meldinga er avgjord."),
    "report_withdrawn": _l("Meldinga vart trekt tilbake då saka vart avslutta. Meld behovet på nytt."),
    "appointment_decided_against": _l(
        "KE avgjorde %(day)s at det ikkje skal vere koordinator. Er behovet endra, må det meldast på nytt."
    ),
    "nothing_asked": _l("KE ventar ikkje på svar."),
    "decided_before_report": _l("Behovet vart meldt %(day)s. Det kan ikkje vere avgjort før det."),
    "needs_persons_view": _l("Skriv kva personen ønskjer, eller kvifor det ikkje er spurt."),
    "plan_changed": _l("Nokon har endra opplysningane om planen medan du skreiv. Det du skreiv, står her."),
    "revision_too_early": _l("Vel ein dag etter den planen gjeld frå."),
    "step_depended_on": _l("Berre det siste steget på dette nivået kan strykast. Du kan rette opplysningane i staden."),
    "cannot_strike": _l("Denne innføringa kan ikkje strykast."),
    "cannot_correct": _l("Denne innføringa blir retta der ho kom frå."),
    "needs_why": _l("Skriv kva som var feil."),
    "already_struck": _l("Nokon har alt retta denne innføringa. Sjå stafettloggen."),
}


def message(refusal: Refusal) -> str:
    """The refusal in the reader's language; an unknown code is shown as it is rather than hidden."""
    words = MESSAGES.get(refusal.code)
    if words is None:
        return refusal.code
    return str(words) % {name: _shown(value) for name, value in refusal.values.items()}


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return moment(value)
    return day(value) if isinstance(value, date) else value
