import * as z from "zod";
import { calendarLines, calendarOf, dayOf, daysBetween } from "#server/catalog/days.ts";
import { openPlaces } from "#server/catalog/places.ts";
import { defineSensor } from "#server/catalog/sensor.ts";
import { countProfiles, forgetOldDays, measuredFrom, ProfileCount } from "./klaviyo-profiles.ts";
import { readAll } from "./klaviyo-reads.ts";

const Named = z.object({ name: z.string().nullish() });
const Flow = z.object({ status: z.string(), archived: z.boolean().nullish() });

export const klaviyoSensor = defineSensor({
  id: "klaviyo-sensor",
  title: { en: "Klaviyo audience", fr: "Audience Klaviyo", he: "קהל Klaviyo" },
  description: {
    en: "Profiles, lists, segments and flows of the Klaviyo account.",
    fr: "Profils, listes, segments et flux du compte Klaviyo.",
    he: "פרופילים, רשימות, פלחים ותהליכים בחשבון Klaviyo.",
  },
  needs: [{ provider: "klaviyo", scopes: ["lists:read", "segments:read", "flows:read", "profiles:read"] }],
  everyS: 3600,
  onByDefault: true,
  wokenBy: ["klaviyo.events"],
  config: z.object({}),
  cursor: ProfileCount,
  metrics: [
    {
      key: "profiles",
      label: { en: "Profiles", fr: "Profils", he: "פרופילים" },
      how: {
        en: "All profiles of the account at the last count; deleted and merged profiles leave it at the full recount every 30 days.",
        fr: "Tous les profils du compte au dernier comptage ; les profils supprimés ou fusionnés en sortent au recomptage complet tous les 30 jours.",
        he: "כל הפרופילים בחשבון בספירה האחרונה; פרופילים שנמחקו או מוזגו יורדים ממנה בספירה המלאה כל 30 יום.",
      },
      unit: "count",
      kind: "snapshot",
      better: "up",
    },
    {
      key: "new_profiles",
      label: { en: "New profiles", fr: "Nouveaux profils", he: "פרופילים חדשים" },
      how: {
        en: "Profiles by the day on which they were created, in the account’s time zone.",
        fr: "Profils selon le jour de leur création, dans le fuseau du compte.",
        he: "פרופילים לפי היום שבו נוצרו, באזור הזמן של החשבון.",
      },
      unit: "count",
      kind: "daily",
      better: "up",
    },
    {
      key: "lists",
      label: { en: "Lists", fr: "Listes", he: "רשימות" },
      how: {
        en: "Lists of the account at the last sync.",
        fr: "Listes du compte à la dernière synchronisation.",
        he: "רשימות בחשבון בסנכרון האחרון.",
      },
      unit: "count",
      kind: "snapshot",
    },
    {
      key: "segments",
      label: { en: "Segments", fr: "Segments", he: "פלחים" },
      how: {
        en: "Segments of the account at the last sync.",
        fr: "Segments du compte à la dernière synchronisation.",
        he: "פלחים בחשבון בסנכרון האחרון.",
      },
      unit: "count",
      kind: "snapshot",
    },
    {
      key: "flows",
      label: { en: "Flows", fr: "Flows", he: "תהליכים" },
      how: {
        en: "Flows that are not archived, at the last sync.",
        fr: "Flows non archivés à la dernière synchronisation.",
        he: "תהליכים שאינם בארכיון, בסנכרון האחרון.",
      },
      unit: "count",
      kind: "snapshot",
    },
    {
      key: "flows_by_status",
      label: { en: "Flows by status", fr: "Flows par statut", he: "תהליכים לפי מצב" },
      how: {
        en: "Flows that are not archived, by their status at the last sync.",
        fr: "Flows non archivés, selon leur statut à la dernière synchronisation.",
        he: "תהליכים שאינם בארכיון, לפי מצבם בסנכרון האחרון.",
      },
      unit: "count",
      kind: "snapshot",
      dimension: { en: "Status", fr: "Statut", he: "מצב" },
      dimensionLabels: {
        live: { en: "Live", fr: "Actif", he: "פעיל" },
        manual: { en: "Manual", fr: "Manuel", he: "ידני" },
        draft: { en: "Draft", fr: "Brouillon", he: "טיוטה" },
      },
      tile: false,
    },
  ],
  lines: {
    ...calendarLines,
    page_unknown: {
      en: "Klaviyo lost our place in the list, so profiles are counted again from the start.",
      fr: "Klaviyo a perdu notre place dans la liste : les profils sont recomptés depuis le début.",
      he: "המקום ברשימה אבד אצל Klaviyo, ולכן הפרופילים נספרים מההתחלה.",
    },
    counting: { en: "Counting profiles.", fr: "Comptage des profils en cours.", he: "הפרופילים נספרים." },
  },
  async step({ account, cursor, now, timezone: tenantTimezone, log }) {
    const klaviyo = account("klaviyo");
    const timezone = calendarOf(klaviyo, { timezone: tenantTimezone, log });
    const places = openPlaces({ anewAt: cursor?.anewAt ?? null, now });
    const { count, done } = await countProfiles(klaviyo, { from: cursor, now, timezone, places });
    if (places.despite.length > 0) log("warn", "page_unknown");
    if (!done) {
      log("info", "counting", { so_far: count.total });
      return { cursor: count, done: false, despite: places.despite };
    }
    const lists = await readAll(klaviyo, { path: "/api/lists?page[size]=10&fields[list]=name", attributes: Named, places });
    const segments = await readAll(klaviyo, { path: "/api/segments?page[size]=10&fields[segment]=name", attributes: Named, places });
    const all = await readAll(klaviyo, { path: "/api/flows?page[size]=50&fields[flow]=status,archived", attributes: Flow, places });
    const flows = all.filter(({ attributes }) => !attributes.archived);
    // The usual statuses always, so that one that empties falls to 0 instead of keeping its last figure.
    const byStatus = new Map([
      ["live", 0],
      ["manual", 0],
      ["draft", 0],
    ]);
    for (const { attributes } of flows) byStatus.set(attributes.status, (byStatus.get(attributes.status) ?? 0) + 1);
    const day = dayOf(now, timezone);
    return {
      measurements: [
        { metric: "profiles", day, value: count.total },
        ...daysBetween(measuredFrom(count, day), day).map((each) => ({ metric: "new_profiles", day: each, value: count.days[each] ?? 0 })),
        { metric: "lists", day, value: lists.length },
        { metric: "segments", day, value: segments.length },
        { metric: "flows", day, value: flows.length },
        ...[...byStatus].map(([dimension, value]) => ({ metric: "flows_by_status", day, dimension, value })),
      ],
      timezone,
      cursor: { ...forgetOldDays(count, day), anewAt: places.anewAt },
      done: true,
      despite: places.despite,
    };
  },
});
