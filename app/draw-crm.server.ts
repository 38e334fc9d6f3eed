import type { Outputs } from "#server/trpc/root.ts";
import type { CrmView } from "./components/automations/crm-page.tsx";
import type { Reader } from "./draw-lift.server.ts";
import { formatCount, formatDate } from "./i18n/format.ts";
import { isolate } from "./i18n/isolate.ts";
import { wordsIn } from "./i18n/translator.server.ts";

type Found = Outputs["crm"]["get"];

/** What the page of the CRM says, written on the server so that the browser gets no words for it. */
export function drawCrm(found: Found, { locale, region, timeZone }: Reader): CrmView {
  const t = wordsIn(locale);
  const count = (value: number) => formatCount(region, value);
  const day = (at: number) => isolate(formatDate(region, at, { timeZone }));
  const { contacts, deals, companies, lastAt, failed, conflicts, conflictsInAll } = found;
  const of = ({ inStep, all }: { inStep: number; all: number }) => t("crmWords:figures.of", { done: count(inStep), all: count(all) });
  const tiles = [
    { key: "contacts", label: t("crmWords:figures.contacts"), value: of(contacts) },
    { key: "companies", label: t("crmWords:figures.companies"), value: count(companies) },
    { key: "deals", label: t("crmWords:figures.deals"), value: of(deals) },
    { key: "due", label: t("crmWords:figures.due"), value: count(contacts.due + deals.due) },
    { key: "conflicts", label: t("crmWords:figures.conflicts"), value: count(conflictsInAll) },
    { key: "lastAt", label: t("crmWords:figures.lastAt"), value: lastAt === null ? t("crmWords:figures.never") : day(lastAt) },
  ];
  return {
    words: {
      ...{ title: t("crmWords:title"), description: t("crmWords:description"), show: t("crmWords:conflicts.show") },
      ...{ hidden: t("crmWords:conflicts.hidden"), none: t("crmWords:conflicts.none") },
      ...{ keepShop: t("crmWords:conflicts.keepShop"), keepCrm: t("crmWords:conflicts.keepCrm") },
    },
    figures:
      lastAt === null
        ? null
        : {
            ...{ title: t("crmWords:figures.title"), tiles },
            notes: [
              ...(contacts.noEmail > 0 ? [t("crmWords:noEmail", { customers: count(contacts.noEmail) })] : []),
              ...(deals.untied > 0 ? [t("crmWords:untied", { deals: count(deals.untied) })] : []),
            ],
          },
    empty: { title: t("crmWords:empty"), body: t("crmWords:emptyBody") },
    failed:
      failed.length === 0
        ? null
        : {
            ...{ title: t("crmWords:failed.title"), caption: t("crmWords:failed.caption"), note: t("crmWords:failed.retry") },
            columns: {
              ...{ reason: t("crmWords:failed.reason"), what: t("crmWords:failed.what") },
              ...{ customers: t("crmWords:failed.customers"), rows: t("crmWords:failed.rows") },
            },
            rows: failed.map(({ kind, why, rows, customers }) => ({
              ...{ key: `${kind} ${why}`, reason: t(`crmWords:reasons.${why}`), what: t(`crmWords:kinds.${kind}`) },
              ...{ customers: customers.join(", "), rows: count(rows) },
            })),
          },
    conflicts: {
      ...{ title: t("crmWords:conflicts.title"), caption: t("crmWords:conflicts.caption"), lead: t("crmWords:conflicts.lead") },
      columns: {
        ...{ customer: t("crmWords:conflicts.customer"), field: t("crmWords:conflicts.field"), since: t("crmWords:conflicts.since") },
        ...{ shop: t("crmWords:conflicts.shop"), crm: t("crmWords:conflicts.crm"), choice: t("crmWords:conflicts.choice") },
      },
      rows: conflicts.map(({ customerId, field, shopHash, crmHash, foundAt, decision }) => ({
        ...{ key: `${customerId} ${field}`, customer: customerId, shopHash, crmHash, since: day(foundAt) },
        field: { name: field, label: t(`crmWords:fields.${field}`) },
        chosen: decision && t("crmWords:conflicts.chosen", { side: t(`crmWords:conflicts.${decision}`) }),
      })),
      more: conflictsInAll > conflicts.length ? t("crmWords:conflicts.more", { conflicts: count(conflictsInAll) }) : null,
      empty: { title: t("crmWords:conflicts.empty"), body: t("crmWords:conflicts.emptyBody") },
    },
  };
}
