import { sha256 } from "@oslojs/crypto/sha2";
import { encodeHexLowerCase } from "@oslojs/encoding";
import * as z from "zod";
import type { Evidence } from "#db/words/actions.ts";
import type { Money, Text } from "#db/words/locales.ts";
import { shopifyFlowTrigger } from "#server/catalog/actions/shopify-flow-trigger.ts";
import { shopifyWebPixel } from "#server/catalog/actions/shopify-web-pixel.ts";
import { type Automation, defineAutomation } from "#server/catalog/automation.ts";
import { currencies } from "#server/catalog/currencies.ts";
import { addDays, dayOf } from "#server/catalog/days.ts";
import type { FlowTriggerHandle } from "#server/catalog/flow-triggers.ts";
import type { Metric } from "#server/catalog/metric.ts";
import { pixelEvents } from "#server/catalog/pixel.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import type { Proposal } from "#server/catalog/records.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import { type WatchedAction, type WatchedIncident, type WatchedPlace, type WatchedState, watchedStates } from "#server/catalog/watch.ts";
import { judgeDays, type Threshold } from "./threshold.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** What nobody approved by then would start a workflow about the past. */
const offeredMs = 2 * dayMs;
/** What happened longer ago, while it was off or its shop away, starts nothing. */
const staleMs = 3 * dayMs;
/** Another worker may have written something at this instant that is not seen yet. */
const overlapMs = 5 * 60_000;
const atOnce = 50;
/** A text of a payload longer than this is cut, with an ellipsis: so Flow's 50,000 bytes are never reached. */
const mostText = 300;
/** Google Analytics corrects a day for about a day more. */
const settles: Readonly<Record<string, number>> = { "ga4-sensor": dayMs };

/** What can be held against a threshold: a figure that is one number a day. */
const metrics: ReadonlyMap<string, { sensor: string; title: Text; metric: Metric }> = new Map(
  sensors.flatMap(({ id, title, metrics: own }) =>
    own
      .filter(({ dimension, table }) => !dimension && !table)
      .map((metric) => [`${id}.${metric.key}`, { sensor: id, title, metric }] as const),
  ),
);

const none: Text = { en: "None", fr: "Aucun", he: "ללא" };
const wordsIn = (of: readonly Text[], between: string): Text => ({
  en: of.map(({ en }) => en).join(between),
  fr: of.map(({ fr }) => fr).join(between),
  he: of.map(({ he }) => he).join(between),
});
const numbered = (text: Text, number: number): Text => wordsIn([text, { en: `${number}`, fr: `${number}`, he: `${number}` }], " ");
const off = (text: Text) => z.boolean().default(false).meta({ label: text });
const on = (text: Text) => z.boolean().default(true).meta({ label: text });

const metricRule = (number: number) =>
  z
    .object({
      metric: z
        .enum(["none", ...metrics.keys()])
        .default("none")
        .meta({
          label: { en: "Metric", fr: "Chiffre", he: "מדד" },
          choices: {
            none,
            ...Object.fromEntries([...metrics].map(([key, { title, metric }]) => [key, wordsIn([title, metric.label], " · ")])),
          },
        }),
      when: z
        .enum(["above", "below"])
        .default("below")
        .meta({
          label: { en: "Is", fr: "Est", he: "נמצא" },
          choices: {
            above: { en: "Above", fr: "Au-dessus de", he: "מעל" },
            below: { en: "Below", fr: "En dessous de", he: "מתחת ל" },
          },
        }),
      threshold: z
        .number()
        .default(0)
        .meta({
          label: { en: "Threshold", fr: "Seuil", he: "סף" },
          hint: {
            en: "Amounts in whole units (250.50), rates in percent.",
            fr: "Montants en unités entières (250.50), taux en pourcentage.",
            he: "סכומים ביחידות שלמות (250.50), שיעורים באחוזים.",
          },
        }),
      currency: z
        .string()
        .regex(/^([A-Za-z]{3})?$/, "wrong_format")
        .refine((code) => code === "" || currencies.has(code.toUpperCase()), "currency_unknown")
        .default("")
        .meta({
          label: { en: "Currency", fr: "Devise", he: "מטבע" },
          hint: {
            en: "Of an amount, such as EUR. Empty: your own. Amounts in other currencies don’t count.",
            fr: "Pour un montant, comme EUR. Vide : la vôtre. Les montants dans d’autres devises ne comptent pas.",
            he: "של סכום, למשל EUR. ריק: המטבע שלך. סכומים במטבעות אחרים לא נספרים.",
          },
        }),
      days: z
        .number()
        .int()
        .min(1)
        .max(30)
        .default(1)
        .meta({ label: { en: "Days in a row", fr: "Jours d’affilée", he: "ימים ברצף" } }),
      backPercent: z
        .number()
        .int()
        .min(0)
        .max(100)
        .default(5)
        .meta({
          label: {
            en: "Fires again once back by, percent",
            fr: "Se redéclenche après un retour de, pourcentage",
            he: "יופעל שוב אחרי חזרה של, אחוזים",
          },
          hint: {
            en: "Below 100 with 5: once it fired, it can fire again after a day at 105 or more.",
            fr: "Sous 100 avec 5 : une fois déclenché, il peut se redéclencher après un jour à 105 ou plus.",
            he: "מתחת ל-100 עם 5: אחרי שהופעל, הוא יכול להיות מופעל שוב אחרי יום של 105 ומעלה.",
          },
        }),
    })
    .prefault({})
    .meta({ label: numbered({ en: "Metric rule", fr: "Règle sur un chiffre", he: "כלל מדד" }, number) });

const actionRule = (watched: readonly Pick<Automation, "id" | "title">[], number: number) =>
  z
    .object({
      automation: z
        .enum(["none", "any", ...watched.map(({ id }) => id)])
        .default("none")
        .meta({
          label: { en: "Automation", fr: "Automatisation", he: "אוטומציה" },
          choices: {
            none,
            any: { en: "All of them", fr: "Toutes", he: "כולן" },
            ...Object.fromEntries(watched.map(({ id, title }) => [id, title])),
          },
        }),
      waiting: off({ en: "Awaiting approval", fr: "En attente d’approbation", he: "ממתינה לאישור" }),
      done: off({ en: "Done", fr: "Effectuée", he: "בוצעה" }),
      failed: on({ en: "Failed", fr: "Échouée", he: "נכשלה" }),
      unsure: on({ en: "Unclear whether it was done", fr: "Incertaine", he: "לא ברור אם בוצעה" }),
    })
    .prefault({})
    .meta({ label: numbered({ en: "Action rule", fr: "Règle d’action", he: "כלל פעולה" }, number) });

const configOf = (watched: readonly Pick<Automation, "id" | "title">[]) =>
  z.object({
    metric1: metricRule(1),
    metric2: metricRule(2),
    metric3: metricRule(3),
    metric4: metricRule(4),
    actions1: actionRule(watched, 1),
    actions2: actionRule(watched, 2),
    incidents: z
      .object({
        opened: off({ en: "A provider of yours begins to fail", fr: "Un de vos fournisseurs tombe en panne", he: "ספק שלך מתחיל להיכשל" }),
        ended: off({ en: "It works again", fr: "Il fonctionne à nouveau", he: "הוא עובד שוב" }),
      })
      .prefault({})
      .meta({ label: { en: "Incidents", fr: "Incidents", he: "תקלות" } }),
    pixel: z
      .boolean()
      .default(false)
      .meta({
        label: { en: "Count completed checkouts", fr: "Compter les paiements aboutis", he: "לספור תשלומים שהושלמו" },
        hint: {
          en: "Your storefront tells us of each, from visitors who allow analytics, without saying who or what. Needs two more permissions.",
          fr: "Votre boutique en ligne signale chacun, pour les visiteurs qui acceptent l’analyse, sans dire qui ni quoi. Deux autorisations de plus sont nécessaires.",
          he: "אתר החנות מדווח על כל אחד, ממבקרים שמאשרים ניתוח נתונים, בלי לומר מי או מה. נדרשות שתי הרשאות נוספות.",
        },
      }),
    inbound: z
      .object({
        runs: on({
          en: "Run syncs and automations",
          fr: "Lancer des synchronisations et des automatisations",
          he: "להפעיל סנכרונים ואוטומציות",
        }),
        pauses: on({ en: "Pause automations", fr: "Mettre des automatisations en pause", he: "להשהות אוטומציות" }),
        resumes: off({ en: "Resume what a workflow paused", fr: "Reprendre ce qu’un workflow a mis en pause", he: "לחדש מה שתהליך השהה" }),
        notes: on({ en: "Leave notes", fr: "Laisser des notes", he: "להשאיר הערות" }),
      })
      .prefault({})
      .meta({
        label: { en: "Workflows may", fr: "Les workflows peuvent", he: "תהליכים רשאים" },
        hint: {
          en: "Everyone who edits workflows in your shop can use these. Nothing they ask for skips an approval.",
          fr: "Toute personne qui modifie les workflows de votre boutique peut s’en servir. Rien de ce qu’ils demandent ne contourne une approbation.",
          he: "כל מי שעורך תהליכים בחנות שלך יכול להשתמש בהם. שום בקשה לא עוקפת אישור.",
        },
      }),
  });
type Config = z.output<ReturnType<typeof configOf>>;
type MetricRule = Config["metric1"];

/** What workflows may ask for, as its settings say. */
export type FlowMay = Config["inbound"];

export const flowBridgeId = "shopify-flow-bridge";

const Cursor = z.object({
  /** Where each rule about a metric stands, by the rule's own key: one that is changed begins anew. */
  metrics: z.record(z.string(), z.object({ seen: z.string(), run: z.number().int(), over: z.boolean() })),
  /** Behind which action each rule about actions looks: many may come to a state at one instant. And from which instant on that about incidents. */
  actions: z.record(z.string(), z.object({ at: z.number(), id: z.string() })),
  incidents: z.number().nullable(),
});
type Cursor = z.output<typeof Cursor>;

/** A rule as a page shows it. Thresholds and currencies as they were set. */
export type FlowRule =
  | {
      kind: "metric";
      metric: Text;
      when: "above" | "below";
      threshold: number;
      /** A currency (ISO 4217), else `percent`, `count`, `days` or `status`. */
      unit: string;
      days: number;
      /** Null before it has first looked. */
      standing: { seen: string; over: boolean } | null;
    }
  | { kind: "actions" /** Null: all of them. */; automation: string | null; states: WatchedState[] }
  | { kind: "incidents"; opened: boolean; ended: boolean };

/** The rules that are set, each with where it stands. `currency`: the client's own. */
export function flowRulesOf(settings: Record<string, unknown>, stored: unknown, currency: string): FlowRule[] {
  const config = configOf([]).extend({ actions1: LooseAction, actions2: LooseAction }).parse(settings);
  const cursor = Cursor.safeParse(stored).data;
  const { opened, ended } = config.incidents;
  return [
    ...metricRulesOf(config).flatMap((rule): FlowRule[] => {
      const known = metrics.get(rule.metric);
      if (!known) return [];
      const own = ownRule(rule, known.metric, currency);
      const { when, threshold, days } = own;
      const standing = cursor?.metrics[keyOf(own)] ?? null;
      const metric = wordsIn([known.title, known.metric.label], " · ");
      return [{ kind: "metric", metric, when, threshold, unit: unitOf(known.metric, own.currency), days, standing }];
    }),
    ...[config.actions1, config.actions2].flatMap((rule): FlowRule[] => {
      const states = watchedStates.filter((state) => rule[state]);
      if (rule.automation === "none" || states.length === 0) return [];
      return [{ kind: "actions", automation: rule.automation === "any" ? null : rule.automation, states }];
    }),
    ...(opened || ended ? [{ kind: "incidents" as const, opened, ended }] : []),
  ];
}

/** Whichever automations there were when it was set. */
const LooseAction = z.object({
  ...{ automation: z.string().default("none"), waiting: z.boolean(), done: z.boolean(), failed: z.boolean(), unsure: z.boolean() },
});

const metricRulesOf = ({ metric1, metric2, metric3, metric4 }: Pick<Config, "metric1" | "metric2" | "metric3" | "metric4">) => [
  ...[metric1, metric2, metric3, metric4],
];

/** With its currency, where it is about money, and without one where it is not. */
const ownRule = (rule: MetricRule, { unit }: Metric, currency: string): MetricRule => ({
  ...rule,
  currency: unit === "money" ? rule.currency.toUpperCase() || currency : "",
});

const keyOf = (rule: unknown): string => encodeHexLowerCase(sha256(new TextEncoder().encode(JSON.stringify(rule)))).slice(0, 12);

/**
 * Starts workflows in Shopify Flow when a metric crosses a threshold, an action of another automation comes to a state, or a provider begins to
 * fail; and lets workflows ask for what the settings allow (`domain/flow/`).
 *
 * Each rule remembers where it stands, in the cursor, which is written with what it proposes: a crossing is proposed once. A rule that is new or changed
 * takes what it finds as given. Its own actions start nothing, so that no workflow feeds itself through them.
 * `watched`: the other automations.
 */
export const shopifyFlowBridge = (watched: readonly Pick<Automation, "id" | "title">[]): Automation =>
  defineAutomation({
    id: flowBridgeId,
    title: { en: "Shopify Flow bridge", fr: "Pont Shopify Flow", he: "גשר ל-Shopify Flow" },
    description: {
      en: "Starts your Shopify Flow workflows when a metric crosses a threshold, an action changes or a provider fails, and lets workflows run syncs, pause automations and leave notes.",
      fr: "Lance vos workflows Shopify Flow quand un chiffre franchit un seuil, qu’une action change ou qu’un fournisseur tombe en panne, et permet aux workflows de lancer des synchronisations, de mettre des automatisations en pause et de laisser des notes.",
      he: "מפעיל את תהליכי Shopify Flow שלך כשמדד חוצה סף, כשפעולה משתנה או כשספק נכשל, ומאפשר לתהליכים להפעיל סנכרונים, להשהות אוטומציות ולהשאיר הערות.",
    },
    needs: [],
    everyS: 15 * 60,
    kinds: [shopifyFlowTrigger, shopifyWebPixel],
    acts: {
      shows: "flow",
      feeds: [],
      reasons: {
        above: {
          en: "{{metric}} was above {{threshold}} on {{day}}: {{value}}.",
          fr: "{{metric}} était au-dessus de {{threshold}} le {{day}} : {{value}}.",
          he: "{{metric}}: {{value}} ב-{{day}}, מעל {{threshold}}.",
        },
        above_days: {
          en: "{{metric}} was above {{threshold}} for {{days}} days in a row. On {{day}}: {{value}}.",
          fr: "{{metric}} était au-dessus de {{threshold}} pendant {{days}} jours d’affilée. Le {{day}} : {{value}}.",
          he: "{{metric}} היה מעל {{threshold}} במשך {{days}} ימים ברצף. ב-{{day}}: {{value}}.",
        },
        below: {
          en: "{{metric}} was below {{threshold}} on {{day}}: {{value}}.",
          fr: "{{metric}} était en dessous de {{threshold}} le {{day}} : {{value}}.",
          he: "{{metric}}: {{value}} ב-{{day}}, מתחת ל-{{threshold}}.",
        },
        below_days: {
          en: "{{metric}} was below {{threshold}} for {{days}} days in a row. On {{day}}: {{value}}.",
          fr: "{{metric}} était en dessous de {{threshold}} pendant {{days}} jours d’affilée. Le {{day}} : {{value}}.",
          he: "{{metric}} היה מתחת ל-{{threshold}} במשך {{days}} ימים ברצף. ב-{{day}}: {{value}}.",
        },
        action: {
          en: "An action of “{{automation}}” is now: {{state}}.",
          fr: "Une action de « {{automation}} » est maintenant : {{state}}.",
          he: 'פעולה של "{{automation}}" היא עכשיו: {{state}}.',
        },
        pixel: {
          en: "You want completed checkouts counted, and your storefront doesn’t tell of them yet.",
          fr: "Vous voulez compter les paiements aboutis, et votre boutique en ligne ne les signale pas encore.",
          he: "ביקשת לספור תשלומים שהושלמו, ואתר החנות עדיין לא מדווח עליהם.",
        },
        opened: {
          en: "{{provider}} fails for many at once.",
          fr: "{{provider}} est en panne pour beaucoup à la fois.",
          he: "{{provider}} נכשל אצל רבים בבת אחת.",
        },
        ended: { en: "{{provider}} works again.", fr: "{{provider}} fonctionne à nouveau.", he: "{{provider}} עובד שוב." },
      },
      never: {
        en: "It never sends a customer’s name or address to Flow, never starts a workflow twice for one crossing, and never lets a workflow approve anything.",
        fr: "Il n’envoie jamais à Flow le nom ou l’adresse d’un client, ne lance jamais deux fois un workflow pour un même franchissement et ne laisse jamais un workflow approuver quoi que ce soit.",
        he: "הגשר לעולם לא שולח ל-Flow שם או כתובת של לקוח, לעולם לא מפעיל תהליך פעמיים על אותה חצייה, ולעולם לא מאפשר לתהליך לאשר דבר.",
      },
    },
    lines: {
      no_pixel: {
        en: "Shopify doesn’t let the app add its pixel yet, so checkouts aren’t counted. Allow it on the Shopify page.",
        fr: "Shopify ne laisse pas encore l’application ajouter son pixel : les paiements ne sont pas comptés. Autorisez-le sur la page Shopify.",
        he: "Shopify עדיין לא מאפשרת לאפליקציה להוסיף את הפיקסל, ולכן תשלומים לא נספרים. אפשר לאשר בעמוד Shopify.",
      },
      unmeasured: {
        en: "“{{metric}}” hasn’t been measured in the last days, so its rule waits.",
        fr: "« {{metric}} » n’a pas été mesuré ces derniers jours ; sa règle attend.",
        he: '"{{metric}}" לא נמדד בימים האחרונים, ולכן הכלל שלו ממתין.',
      },
    },
    config: configOf(watched),
    cursor: Cursor,
    async step({ watch, account, config, cursor, now, currency, log }) {
      const before = cursor ?? { metrics: {}, actions: {}, incidents: null };
      const after: Cursor = { metrics: {}, actions: {}, incidents: null };
      const proposals: Proposal[] = [];
      for (const rule of metricRulesOf(config)) {
        const known = metrics.get(rule.metric);
        if (!known) continue;
        const { sensor, metric } = known;
        const own = ownRule(rule, metric, currency);
        const key = keyOf(own);
        const threshold = thresholdOf(own, metric);
        const from = addDays(before.metrics[key]?.seen ?? dayOf(now, "UTC"), -own.days - 8);
        const { timezone, days } = await watch.days({ sensor, metric: metric.key, currency: own.currency || null, from });
        const { standing, crossings } = judgeDays(before.metrics[key] ?? null, {
          ...{ threshold, days },
          calendar: { timezone, today: dayOf(now, timezone), settlesMs: settles[sensor] ?? 0, state: metric.kind === "snapshot" },
        });
        if (standing) after.metrics[key] = standing;
        else log("info", "unmeasured", {}, { metric: metric.label });
        proposals.push(...crossings.map((crossing) => crossed({ rule: own, key, known, threshold, crossing, now })));
      }
      // Another shop's ids name others in this one, or nobody.
      const shop = account("shopify").connectionId;
      for (const rule of [config.actions1, config.actions2]) {
        const states = watchedStates.filter((state) => rule[state]);
        if (rule.automation === "none" || states.length === 0) continue;
        const key = keyOf(rule);
        const since = laterOf(before.actions[key] ?? { at: now, id: "" }, now - staleMs);
        const automation = rule.automation === "any" ? null : rule.automation;
        const found = await watch.actions({ except: flowBridgeId, shop, automation, states, since, limit: atOnce });
        // A full page goes on from its last; else from a moment ago, since what is written now may be seen later. Keys keep what is met twice from being told twice.
        const last = found.length === atOnce ? found.at(-1) : undefined;
        after.actions[key] = last ? { at: last.at, id: last.id } : laterOf(since, now - overlapMs);
        proposals.push(...found.map((action) => changed(action, { watched, now })));
      }
      if (config.pixel) {
        const { scopes } = account("shopify");
        if (shopifyWebPixel.need.scopes.every((scope) => scopes?.includes(scope))) proposals.push(pixelOf(shop, now));
        else log("info", "no_pixel");
      }
      const { opened, ended } = config.incidents;
      if (opened || ended) {
        const since = Math.max(before.incidents ?? now, now - staleMs);
        for (const incident of await watch.incidents({ since })) {
          if (opened && incident.openedAt >= since) proposals.push(failing(incident, "opened", now));
          if (ended && incident.closedAt !== null && incident.closedAt >= since) proposals.push(failing(incident, "ended", now));
        }
        after.incidents = Math.max(since, now - overlapMs);
      }
      return { cursor: after, done: true, proposals };
    },
  });

/** Once for a shop: what was rejected, or taken back, is not proposed again. */
const pixelOf = (shop: string, now: number): Proposal => ({
  ...{ subject: `storefront:${shop}`, dedupe: `pixel:${shop}`, evidence: { line: "pixel", params: {} }, expiresAt: now + offeredMs },
  steps: [{ kind: shopifyWebPixel.id, payload: { events: [...pixelEvents], consent: "analytics" } }],
});

/** This place, or an instant that is later. */
const laterOf = (place: WatchedPlace, instant: number): WatchedPlace => (place.at >= instant ? place : { at: instant, id: "" });

/** In minor units, as a share, or as it is: as the metric is stored. */
function thresholdOf({ when, threshold, days, backPercent, currency }: MetricRule, { unit }: Metric): Threshold {
  const scale = unit === "money" ? 10 ** (currencies.get(currency) ?? 0) : unit === "ratio" ? 0.01 : 1;
  const at = unit === "money" ? Math.round(threshold * scale) : threshold * scale;
  const margin = (Math.abs(at) * backPercent) / 100;
  return { when, at, back: when === "above" ? at - margin : at + margin, days };
}

/** As it is read in a workflow: whole units of money, percent. */
function shown(value: number, { unit }: Metric, currency: string): number {
  if (unit === "money") return value / 10 ** (currencies.get(currency) ?? 0);
  return unit === "ratio" ? Math.round(value * 1_000_000) / 10_000 : value;
}

const unitOf = ({ unit }: Metric, currency: string): string => (unit === "money" ? currency : unit === "ratio" ? "percent" : unit);

const said = (value: number, { unit }: Metric, currency: string): Money | number | string => {
  if (unit === "money") return { minor: Math.round(value), currency };
  return unit === "ratio" ? `${shown(value, { unit } as Metric, currency)}%` : value;
};

/** A day that is read from left to right in one piece, also in a text that is read from right to left. */
const unbroken = (day: string): string => `\u2066${day.replaceAll("-", "\u2011")}\u2069`;

/** What is longer is cut: what is behind it stands on the page that the payload names. */
const cut = (text: string): string => (text.length <= mostText ? text : `${text.slice(0, mostText - 1)}…`);

interface Told {
  trigger: FlowTriggerHandle;
  fields: Record<string, string | number>;
  reference?: string;
  evidence: Evidence;
}

/** `eventId` is the key by which it is proposed once, and what a workflow tells a repeated one by. */
function telling(
  eventId: string,
  now: number,
  { trigger, fields, reference, evidence }: Told,
): Pick<Proposal, "steps" | "dedupe" | "evidence" | "expiresAt"> {
  const texts = Object.entries(fields).map(([key, value]) => [key, typeof value === "string" ? cut(value) : value]);
  const payload = { trigger, fields: { ...Object.fromEntries(texts), "Event ID": eventId }, ...(reference !== undefined && { reference }) };
  return { steps: [{ kind: shopifyFlowTrigger.id, payload }], dedupe: eventId, evidence, expiresAt: now + offeredMs };
}

interface Crossed {
  rule: MetricRule;
  key: string;
  known: { sensor: string; title: Text; metric: Metric };
  threshold: Threshold;
  crossing: { day: string; value: number };
  now: number;
}

function crossed({ rule, key, known: { metric, title }, threshold, crossing: { day, value }, now }: Crossed): Proposal {
  const { when, days, currency } = rule;
  return {
    subject: `metric:${rule.metric}`,
    ...telling(`metric:${key}:${day}`, now, {
      trigger: "metric-crossed",
      fields: {
        ...{ Metric: rule.metric, "Metric name": `${title.en}: ${metric.label.en}`, Direction: when, Unit: unitOf(metric, currency) },
        ...{ Threshold: shown(threshold.at, metric, currency), Value: shown(value, metric, currency), "Days in a row": days, Day: day },
      },
      evidence: {
        line: days === 1 ? when : `${when}_days`,
        params: {
          metric: metric.label,
          threshold: said(threshold.at, metric, currency),
          value: said(value, metric, currency),
          days,
          day: unbroken(day),
        },
      },
    }),
  };
}

const stateWords: Readonly<Record<WatchedState, Text>> = {
  waiting: { en: "waiting for approval", fr: "en attente d’approbation", he: "ממתינה לאישור" },
  done: { en: "done", fr: "effectuée", he: "בוצעה" },
  failed: { en: "failed", fr: "échouée", he: "נכשלה" },
  unsure: { en: "unclear whether it was done", fr: "incertaine", he: "לא ברור אם בוצעה" },
};

/** With the customer, order or product that it is about, where it is about one, so that the workflow can go on with it. */
function changed(action: WatchedAction, { watched, now }: { watched: readonly Pick<Automation, "id" | "title">[]; now: number }): Proposal {
  const { id, automation, state, subject, at } = action;
  const [, of, reference] = /^(customer|order|product):(\d+)$/.exec(subject) ?? [];
  const own = telling(`action:${id}:${state}`, now, {
    trigger: of === undefined ? "action-changed" : (`${of}-action-changed` as FlowTriggerHandle),
    ...(reference !== undefined && { reference }),
    fields: { Automation: automation, State: state, Subject: subject, "Happened at": new Date(at).toISOString(), "Action ID": id },
    evidence: {
      line: "action",
      params: { automation: watched.find((each) => each.id === automation)?.title ?? automation, state: stateWords[state] },
    },
  });
  // What was decided of a customer is told whoever they are: the draw was the other automation's.
  return of === "customer" && reference !== undefined
    ? { subject: `customer:${reference}`, customerId: reference, owed: true, ...own }
    : { subject: of === undefined || reference === undefined ? `action:${id}` : (`${of}:${reference}` as const), ...own };
}

function failing({ id, provider, kind, openedAt, closedAt }: WatchedIncident, state: "opened" | "ended", now: number): Proposal {
  const at = state === "opened" ? openedAt : (closedAt ?? openedAt);
  return {
    subject: `incident:${id}`,
    ...telling(`incident:${id}:${state}`, now, {
      trigger: "incident-changed",
      fields: { Provider: provider, State: state, Kind: kind, "Happened at": new Date(at).toISOString() },
      evidence: { line: state, params: { provider: providerName(provider) } },
    }),
  };
}
