import type { Locale, Text } from "#db/words/locales.ts";

/** How a consent ended, or why it did not begin. */
export type ConsentOutcome =
  | "connected"
  | "client_made"
  | "several_clients"
  | "whose_account"
  | "connected_partly"
  | "reconnected"
  | "denied"
  | "not_wanted"
  | "ended"
  | "still_working"
  | "broken_off"
  | "failed"
  | "elsewhere"
  | "not_yours"
  | "forged"
  | "wrong_shop"
  | "other_account"
  | "refused"
  | "provider_down"
  | "too_few_scopes"
  | "scopes_unsaid"
  | "misconfigured"
  | "vault_closed"
  | "shop_needed"
  | "unknown_permissions"
  | "oauth_already"
  | "provider_off"
  | "not_in_plan"
  | "plan_full"
  | "from_elsewhere"
  | "too_many";

/** `{provider}`, `{account}`, `{missing}` and `{id}`, the request's, are filled in. */
const words: Record<ConsentOutcome, Text> = {
  connected: {
    en: "{account} ({provider}) is connected.",
    fr: "{account} ({provider}) est connecté.",
    he: "{account} ({provider}) מחובר.",
  },
  reconnected: {
    en: "{account} ({provider}) is connected again.",
    fr: "{account} ({provider}) est de nouveau connecté.",
    he: "{account} ({provider}) מחובר שוב.",
  },
  client_made: {
    en: "{account} is a client now, and {provider} is connected.",
    fr: "{account} est maintenant un client, et {provider} est connecté.",
    he: "{account} נוסף כלקוח, ו-{provider} מחובר.",
  },
  several_clients: {
    en: "Several clients have this {provider} account ({account}). Connect it from the page of the one that you mean.",
    fr: "Plusieurs clients ont ce compte {provider} ({account}). Connectez-le depuis la page de celui que vous visez.",
    he: "לכמה לקוחות יש חשבון {provider} זה ({account}). יש לחבר אותו מעמוד הלקוח הרצוי.",
  },
  whose_account: {
    en: "{account} ({provider}) was another client’s before. Say whose it is now.",
    fr: "{account} ({provider}) appartenait à un autre client. Indiquez à qui il est maintenant.",
    he: "{account} ({provider}) היה שייך בעבר ללקוח אחר. יש לציין למי הוא שייך עכשיו.",
  },
  connected_partly: {
    en: "{account} ({provider}) is connected, but without: {missing}. Connect again to allow it.",
    fr: "{account} ({provider}) est connecté, mais sans : {missing}. Reconnectez-le pour l’autoriser.",
    he: "{account} ({provider}) מחובר, אך ללא: {missing}. אפשר לחבר שוב כדי לאשר.",
  },
  denied: {
    en: "{provider} was not connected: access was not allowed. Nothing has changed.",
    fr: "{provider} n’a pas été connecté : l’accès n’a pas été autorisé. Rien n’a changé.",
    he: "{provider} לא חובר: הגישה לא אושרה. דבר לא השתנה.",
  },
  not_wanted: {
    en: "{account} ({provider}) was not connected. Nothing has changed.",
    fr: "{account} ({provider}) n’a pas été connecté. Rien n’a changé.",
    he: "{account} ({provider}) לא חובר. דבר לא השתנה.",
  },
  ended: {
    en: "This attempt to connect has expired or was already used. Please start again.",
    fr: "Cette tentative de connexion a expiré ou a déjà servi. Veuillez recommencer.",
    he: "ניסיון החיבור פג או שכבר נוצל. יש להתחיל מחדש.",
  },
  still_working: {
    en: "{provider} is still being connected. Reload this page in a moment.",
    fr: "La connexion à {provider} est en cours. Rechargez cette page dans un instant.",
    he: "החיבור ל-{provider} עדיין מתבצע. כדאי לרענן את העמוד בעוד רגע.",
  },
  broken_off: {
    en: "Connecting {provider} was interrupted. Please start again.",
    fr: "La connexion à {provider} a été interrompue. Veuillez recommencer.",
    he: "החיבור ל-{provider} נקטע. יש להתחיל מחדש.",
  },
  failed: {
    en: "Something went wrong on our side while connecting {provider}. Please start again. If it happens again, tell us this id: {id}",
    fr: "Un problème est survenu de notre côté pendant la connexion à {provider}. Veuillez recommencer. S’il se reproduit, donnez-nous cet identifiant : {id}",
    he: "משהו השתבש אצלנו בזמן החיבור ל-{provider}. יש להתחיל מחדש. אם זה יחזור, נשמח לקבל את המזהה הזה: {id}",
  },
  elsewhere: {
    en: "This attempt to connect was begun in another browser or session. Please start again here.",
    fr: "Cette tentative a été commencée dans un autre navigateur ou une autre session. Veuillez recommencer ici.",
    he: "ניסיון החיבור התחיל בדפדפן או בהתחברות אחרים. יש להתחיל מחדש כאן.",
  },
  not_yours: {
    en: "You may no longer connect accounts for this client.",
    fr: "Vous ne pouvez plus connecter de comptes pour ce client.",
    he: "אין לך עוד הרשאה לחבר חשבונות עבור לקוח זה.",
  },
  forged: {
    en: "The answer did not come from {provider} unchanged, so nothing was connected. Please start again.",
    fr: "La réponse ne vient pas de {provider} telle quelle : rien n’a été connecté. Veuillez recommencer.",
    he: "התשובה לא הגיעה מ-{provider} ללא שינוי, ולכן דבר לא חובר. יש להתחיל מחדש.",
  },
  wrong_shop: {
    en: "{provider} answered for another shop than the one you gave. Nothing was connected.",
    fr: "{provider} a répondu pour une autre boutique que celle indiquée. Rien n’a été connecté.",
    he: "{provider} השיב עבור חנות אחרת מזו שציינת. דבר לא חובר.",
  },
  other_account: {
    en: "That is another {provider} account than {account}. Nothing has changed: say below what you meant.",
    fr: "C’est un autre compte {provider} que {account}. Rien n’a changé : dites ci-dessous ce que vous vouliez.",
    he: "זהו חשבון {provider} אחר ולא {account}. דבר לא השתנה: יש לציין למטה למה הכוונה.",
  },
  refused: {
    en: "{provider} refused to complete the connection. Please start again.",
    fr: "{provider} a refusé de terminer la connexion. Veuillez recommencer.",
    he: "{provider} סירב להשלים את החיבור. יש להתחיל מחדש.",
  },
  provider_down: {
    en: "{provider} does not answer at the moment. Nothing was connected; please try again in a few minutes.",
    fr: "{provider} ne répond pas pour le moment. Rien n’a été connecté ; réessayez dans quelques minutes.",
    he: "{provider} אינו משיב כרגע. דבר לא חובר; אפשר לנסות שוב בעוד כמה דקות.",
  },
  too_few_scopes: {
    en: "{provider} was not connected: none of the permissions that it needs was allowed ({missing}).",
    fr: "{provider} n’a pas été connecté : aucune des autorisations nécessaires n’a été donnée ({missing}).",
    he: "{provider} לא חובר: אף אחת מההרשאות הנדרשות לא אושרה ({missing}).",
  },
  scopes_unsaid: {
    en: "{provider} did not say what you allowed, so nothing was connected. Please try again.",
    fr: "{provider} n’a pas indiqué ce que vous avez autorisé : rien n’a été connecté. Veuillez réessayer.",
    he: "{provider} לא ציין מה אישרת, ולכן דבר לא חובר. אפשר לנסות שוב.",
  },
  misconfigured: {
    en: "{provider} cannot be connected yet: something is missing on our side. Please tell us.",
    fr: "{provider} ne peut pas encore être connecté : il manque quelque chose de notre côté. Prévenez-nous.",
    he: "עדיין אי אפשר לחבר את {provider}: חסר משהו בצד שלנו. נשמח אם תעדכנו אותנו.",
  },
  vault_closed: {
    en: "{provider} was not connected: we can’t store access right now. This is our fault and we’ve been alerted. Please try again later.",
    fr: "{provider} n’a pas été connecté : nous ne pouvons pas enregistrer d’accès pour le moment. C’est de notre fait, et nous sommes prévenus. Réessayez plus tard.",
    he: "{provider} לא חובר: איננו יכולים לשמור גישה כרגע. התקלה אצלנו וקיבלנו התראה. נסו שוב מאוחר יותר.",
  },
  shop_needed: {
    en: "Please give your shop’s address, as in my-shop.myshopify.com.",
    fr: "Indiquez l’adresse de votre boutique, par exemple ma-boutique.myshopify.com.",
    he: "יש לציין את כתובת החנות, למשל my-shop.myshopify.com.",
  },
  unknown_permissions: {
    en: "Please choose at least one of the permissions that {provider} offers.",
    fr: "Choisissez au moins une des autorisations que propose {provider}.",
    he: "יש לבחור לפחות אחת מההרשאות ש-{provider} מציע.",
  },
  oauth_already: {
    en: "This account is connected by signing in to {provider} already, and that is what is used. You can disconnect the key.",
    fr: "Ce compte est déjà connecté par une connexion à {provider}, et c’est elle qui sert. Vous pouvez déconnecter la clé.",
    he: "החשבון הזה כבר מחובר דרך כניסה ל-{provider}, והיא זו שבשימוש. אפשר לנתק את המפתח.",
  },
  provider_off: {
    en: "{provider} is switched off by your agency at the moment, so nothing was connected. Please try again later.",
    fr: "{provider} est désactivé par votre agence pour le moment : rien n’a été connecté. Réessayez plus tard.",
    he: "הסוכנות השביתה כרגע את {provider}, ולכן דבר לא חובר. אפשר לנסות שוב מאוחר יותר.",
  },
  not_in_plan: {
    en: "Your plan doesn’t include {provider}. Ask your agency for a larger plan.",
    fr: "Votre formule ne comprend pas {provider}. Demandez une formule supérieure à votre agence.",
    he: "המסלול שלכם אינו כולל את {provider}. אפשר לבקש מהסוכנות מסלול גדול יותר.",
  },
  plan_full: {
    en: "{provider} wasn’t connected: your plan has no room for another account. Disconnect one, or ask your agency for a larger plan.",
    fr: "{provider} n’a pas été connecté : votre formule n’a plus de place pour un autre compte. Déconnectez-en un ou demandez une formule supérieure à votre agence.",
    he: "‏{provider} לא חובר: אין במסלול שלכם מקום לחשבון נוסף. אפשר לנתק חשבון אחר או לבקש מהסוכנות מסלול גדול יותר.",
  },
  from_elsewhere: {
    en: "To connect {provider}, please start from this page.",
    fr: "Pour connecter {provider}, commencez depuis cette page.",
    he: "כדי לחבר את {provider}, יש להתחיל מהעמוד הזה.",
  },
  too_many: {
    en: "Too many tries. Please wait a little before connecting again.",
    fr: "Trop de tentatives. Patientez un peu avant de réessayer.",
    he: "יותר מדי ניסיונות. יש להמתין מעט לפני חיבור נוסף.",
  },
};

/** The toast of an outcome: a success, a success with a remark, or an error. */
export function toastOf(
  outcome: ConsentOutcome,
  { locale, ...parts }: { locale: Locale; provider?: string; account?: string; missing?: string; id?: string },
): { kind: "success" | "info" | "error"; message: string } {
  const filled = words[outcome][locale].replace(/\{(provider|account|missing|id)\}/g, (_, name: keyof typeof parts) => parts[name] ?? "");
  const kind =
    outcome === "connected" || outcome === "reconnected" || outcome === "client_made"
      ? "success"
      : outcome === "connected_partly" || outcome === "still_working" || outcome === "not_wanted"
        ? "info"
        : "error";
  return { kind, message: filled.slice(0, 500) };
}
