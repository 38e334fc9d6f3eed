import type { CliffKind, ReconnectReason } from "#db/words/connections.ts";
import type { Text } from "#db/words/locales.ts";
import type { ConnectionRow } from "./rows.ts";
import { type HealthState, reconnectWords } from "./schemas.ts";

const dayMs = 86_400_000;
/** The first warning ahead of an end, see cliffs.ts. */
const expiringMs = 30 * dayMs;

/** Columns of a connection that say how it is. */
export type HealthFacts = Pick<
  ConnectionRow,
  | "status"
  | "statusReason"
  | "statusAt"
  | "accessExpiresAt"
  | "renewFailures"
  | "cliffAt"
  | "cliffKind"
  | "probedAt"
  | "probeResult"
  | "failedAt"
  | "failureKind"
  | "failingSince"
>;

/** How a connection is, since when as far as that is known (milliseconds since 1970), and what that means in plain words. */
export interface ConnectionHealth {
  state: HealthState;
  since: number | null;
  words: Text;
}

/** States in which jobs go on. */
export const isWell = ({ state }: Pick<ConnectionHealth, "state">): boolean => state === "healthy" || state === "expiring";

/** How a connection is by what is stored of it; null for one that is disconnected. Nobody is asked. */
export function healthOf(row: HealthFacts, now: number): ConnectionHealth | null {
  switch (row.status) {
    case "disconnected":
      return null;
    case "reconnect_needed":
      return waitingForPerson(row);
    case "active":
      return (
        ended(row, now) ??
        failing(row, now) ??
        refused(row) ??
        expiring(row, now) ?? { state: "healthy", since: null, words: words.healthy }
      );
    default:
      return row.status satisfies never;
  }
}

const stateOfReason: Record<ReconnectReason, HealthState> = {
  refresh_refused: "revoked",
  access_refused: "revoked",
  not_renewable: "reconnect_needed",
  uninstalled: "revoked",
  access_removed: "revoked",
  key_refused: "revoked",
  secret_unreadable: "reconnect_needed",
};

function waitingForPerson({ statusReason, statusAt }: HealthFacts): ConnectionHealth {
  const reason = statusReason ?? "not_renewable";
  return { state: stateOfReason[reason], since: statusAt, words: reconnectWords[reason] };
}

/** Its end has come, though nothing has run into it yet. */
function ended({ cliffAt, cliffKind }: HealthFacts, now: number): ConnectionHealth | null {
  if (cliffAt === null || cliffKind === null || cliffAt > now) return null;
  const state = cliffKind === "version" ? "misconfigured" : "reconnect_needed";
  return { state, since: cliffAt, words: cliffKind === "version" ? words.misconfigured : words.ended };
}

/** The provider fails, for everybody or for this account: what is known of the access is nothing bad. */
function failing(
  { failureKind, failingSince, failedAt, renewFailures, accessExpiresAt }: HealthFacts,
  now: number,
): ConnectionHealth | null {
  const since = failingSince ?? failedAt;
  if (failureKind === "unavailable") return { state: "degraded", since, words: words.unavailable };
  if (failureKind === "rate_limited") return { state: "degraded", since, words: words.rateLimited };
  if (failureKind === "misconfigured") return { state: "misconfigured", since, words: words.misconfigured };
  const unrenewed = renewFailures > 0 && accessExpiresAt !== null && accessExpiresAt <= now;
  return unrenewed ? { state: "degraded", since: accessExpiresAt, words: words.unrenewed } : null;
}

/** What the last probe found wrong with the access itself. */
function refused({ probeResult, probedAt }: HealthFacts): ConnectionHealth | null {
  if (probeResult === "missing_scopes") return { state: "reconnect_needed", since: probedAt, words: words.missingScopes };
  if (probeResult === "rejected") return { state: "misconfigured", since: probedAt, words: words.rejected };
  return null;
}

function expiring({ cliffAt, cliffKind }: HealthFacts, now: number): ConnectionHealth | null {
  if (cliffAt === null || cliffKind === null || cliffAt - now > expiringMs) return null;
  return { state: "expiring", since: cliffAt - expiringMs, words: endWords[cliffKind] };
}

const endsSoon: Text = {
  en: "It works, and its access ends soon. One new sign-in makes it last again.",
  fr: "Elle fonctionne, et son accès se termine bientôt. Une nouvelle connexion suffit à la prolonger.",
  he: "החיבור פועל, והגישה מסתיימת בקרוב. כניסה אחת מחדש מאריכה אותה.",
};

const endWords: Record<CliffKind, Text> = {
  consent: endsSoon,
  access: endsSoon,
  unused: {
    en: "It works, but it ends if it is not used soon.",
    fr: "Elle fonctionne, mais se termine si elle n’est pas utilisée bientôt.",
    he: "החיבור פועל, אך יסתיים אם לא ייעשה בו שימוש בקרוב.",
  },
  version: {
    en: "It works. The provider soon ends the way in which we speak to it; your agency takes care of that.",
    fr: "Elle fonctionne. Le fournisseur abandonne bientôt l’interface que nous utilisons ; votre agence s’en occupe.",
    he: "החיבור פועל. הספק יפסיק בקרוב את הממשק שבו אנו משתמשים; הסוכנות שלך מטפלת בכך.",
  },
};

const words = {
  healthy: { en: "The connection works.", fr: "La connexion fonctionne.", he: "החיבור פועל." },
  ended: {
    en: "The access has ended. One new sign-in brings it back.",
    fr: "L’accès est terminé. Une nouvelle connexion le rétablit.",
    he: "הגישה הסתיימה. כניסה אחת מחדש מחזירה אותה.",
  },
  missingScopes: {
    en: "The provider says that a permission is missing. Connect again and allow it.",
    fr: "Le fournisseur indique qu’une autorisation manque. Reconnectez le compte et accordez-la.",
    he: "לדברי הספק חסרה הרשאה. יש לחבר שוב ולאשר אותה.",
  },
  unavailable: {
    en: "The provider does not answer at the moment. There is nothing to do: we go on as soon as it does.",
    fr: "Le fournisseur ne répond pas en ce moment. Il n’y a rien à faire : nous reprenons dès qu’il répond.",
    he: "הספק אינו עונה כרגע. אין צורך לעשות דבר: נמשיך ברגע שיענה.",
  },
  rateLimited: {
    en: "The provider asks us to slow down. There is nothing to do: we go on when it lets us.",
    fr: "Le fournisseur nous demande de ralentir. Il n’y a rien à faire : nous reprenons quand il le permet.",
    he: "הספק מבקש מאיתנו להאט. אין צורך לעשות דבר: נמשיך כשיתאפשר.",
  },
  unrenewed: {
    en: "The provider does not answer when we renew our access. There is nothing to do: we try again.",
    fr: "Le fournisseur ne répond pas quand nous renouvelons notre accès. Il n’y a rien à faire : nous réessayons.",
    he: "הספק אינו עונה כשאנו מחדשים את הגישה. אין צורך לעשות דבר: אנו מנסים שוב.",
  },
  misconfigured: {
    en: "Our own set-up at the provider is not right. Your account is fine; your agency takes care of it.",
    fr: "Notre propre configuration chez le fournisseur n’est pas bonne. Votre compte va bien ; votre agence s’en occupe.",
    he: "ההגדרות שלנו אצל הספק אינן תקינות. החשבון שלך תקין; הסוכנות שלך מטפלת בכך.",
  },
  rejected: {
    en: "The provider refuses what we ask of this account. Your agency looks at it.",
    fr: "Le fournisseur refuse ce que nous demandons à ce compte. Votre agence regarde cela.",
    he: "הספק דוחה את מה שאנו מבקשים מהחשבון הזה. הסוכנות שלך בודקת זאת.",
  },
} satisfies Record<string, Text>;
