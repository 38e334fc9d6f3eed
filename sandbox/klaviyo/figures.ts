import { seededInteger, seededRandom } from "#sandbox/seed.ts";

const dayMs = 86_400_000;
/** Where the made-up history of every account begins, and how far into the future its profiles are thought out. */
const opened = Date.parse("2024-03-04T09:00:00Z");
const thoughtOutMs = 2400 * dayMs;

/** The organisation's name behind an account id. */
export function accountName(id: string): string {
  const known: Record<string, string> = { AcmeG1: "Acme Gifts", BetaB2: "Beta Goods", GammC3: "Gamma Studio" };
  return known[id] ?? `Account ${id}`;
}

/** A six-character id such as Klaviyo's, the same for the same seed. */
export function shortId(seed: string): string {
  const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789";
  const random = seededRandom(seed);
  return Array.from({ length: 6 }, () => letters[Math.floor(random() * letters.length)]).join("");
}

const stamp = (instant: number) => `${new Date(instant).toISOString().slice(0, 19)}+00:00`;
const range = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

export function listsOf(account: string) {
  const names = [
    "Newsletter",
    "Checkout",
    "Wholesale",
    "VIP",
    "Back in stock",
    "Preview",
    "Pop-up",
    "Footer",
    "SMS",
    "Trade fair",
    "Survey",
    "Birthday",
  ];
  return range(seededInteger(`${account} lists`, 5, names.length), (index) => ({
    type: "list",
    id: shortId(`${account} list ${index}`),
    attributes: {
      name: names[index] ?? "List",
      created: stamp(opened + index * 11 * dayMs),
      updated: stamp(opened + index * 23 * dayMs),
      opt_in_process: index % 2 === 0 ? "double_opt_in" : "single_opt_in",
    },
    profile_count: seededInteger(`${account} list ${index} size`, 40, 9000),
  }));
}

export function segmentsOf(account: string) {
  const names = [
    "Engaged 30 days",
    "Engaged 90 days",
    "Lapsed",
    "Repeat buyers",
    "Big spenders",
    "Never bought",
    "Local",
    "Abroad",
    "At risk",
    "New",
    "Gift buyers",
    "Unengaged",
    "Champions",
  ];
  return range(seededInteger(`${account} segments`, 6, names.length), (index) => ({
    type: "segment",
    id: shortId(`${account} segment ${index}`),
    attributes: {
      name: names[index] ?? "Segment",
      definition: null,
      created: stamp(opened + index * 13 * dayMs),
      updated: stamp(opened + index * 29 * dayMs),
      is_active: index % 5 !== 4,
      is_processing: false,
      is_starred: index === 0,
    },
    profile_count: seededInteger(`${account} segment ${index} size`, 10, 4000),
  }));
}

export function flowsOf(account: string) {
  const names = [
    "Welcome",
    "Abandoned cart",
    "Browse abandonment",
    "Post-purchase",
    "Win-back",
    "Birthday",
    "Back in stock",
    "Review request",
    "Sunset",
  ];
  const triggers = ["Added to List", "Metric", "Metric", "Metric", "Date Based", "Date Based", "Metric", "Metric", "Added to List"];
  const statuses = ["live", "live", "draft", "live", "manual"];
  return range(seededInteger(`${account} flows`, 4, names.length), (index) => ({
    type: "flow",
    id: shortId(`${account} flow ${index}`),
    attributes: {
      name: names[index] ?? "Flow",
      status: statuses[seededInteger(`${account} flow ${index}`, 0, statuses.length - 1)] ?? "live",
      archived: false,
      created: stamp(opened + index * 17 * dayMs),
      updated: stamp(opened + index * 41 * dayMs),
      trigger_type: triggers[index] ?? "Metric",
    },
  }));
}

const allProfiles = (account: string) => seededInteger(`${account} profiles`, 350, 900);

/** All profiles of an account, in the order of their coming; what lies ahead of now is not there yet. */
export function profilesOf(account: string) {
  const every = thoughtOutMs / allProfiles(account);
  return range(allProfiles(account), (index) => {
    const created = opened + Math.floor(every * index);
    return {
      type: "profile",
      id: `01SBX${shortId(`${account} profile ${index}`)}${String(index).padStart(6, "0")}`,
      attributes: {
        email: `profile-${index}@${account.toLowerCase()}.example`,
        phone_number: null,
        external_id: null,
        created: stamp(created),
        updated: stamp(created + 3_600_000),
      },
    };
  });
}

export function metricsOf(account: string) {
  const names = [
    "Placed Order",
    "Received Email",
    "Opened Email",
    "Clicked Email",
    "Bounced Email",
    "Marked Email as Spam",
    "Unsubscribed from Email Marketing",
    "Active on Site",
    "Viewed Product",
    "Added to Cart",
    "Started Checkout",
    "Refunded Order",
  ];
  return names.map((name, index) => ({
    type: "metric",
    id: shortId(`${account} metric ${name}`),
    attributes: {
      name,
      created: stamp(opened),
      updated: stamp(opened + dayMs),
      integration: integrationOf(account, name, index),
    },
  }));
}

const withShopify = new Set(["AcmeG1", "BetaB2"]);

/** What happens on the shop's pages is tracked by Klaviyo's own snippet (help.klaviyo.com, Shopify data reference). */
function integrationOf(account: string, name: string, index: number) {
  if (name === "Active on Site" || name === "Viewed Product") return { object: "integration", id: "7FtS4J", name: "API", category: "API" };
  const isOfShop = index === 0 || index > 7;
  // Not every account has Klaviyo's integration with its shop: of others a developer sends the same.
  if (isOfShop && !withShopify.has(account)) return { object: "integration", id: "7FtS4J", name: "API", category: "API" };
  return isOfShop
    ? { object: "integration", id: "0eMvjm", name: "Shopify", category: "eCommerce" }
    : { object: "integration", id: "0rG4eQ", name: "Klaviyo", category: "Internal" };
}

export interface SentCampaign {
  id: string;
  messageId: string;
  name: string;
  status: "Sent" | "Draft" | "Scheduled";
  createdAt: number;
  sentAt: number | null;
}

/** Weekly campaigns up to `now`: the id of one belongs to its week, so that yesterday's campaigns are today's. */
export function campaignsOf(account: string, now: number): SentCampaign[] {
  const week = Math.floor((now - opened) / (7 * dayMs));
  const sent = range(Math.min(26, week), (index): SentCampaign => {
    const number = week - index;
    const sentAt = opened + number * 7 * dayMs;
    return {
      id: `01CMP${shortId(`${account} campaign ${number}`)}`,
      messageId: `01MSG${shortId(`${account} message ${number}`)}`,
      name: `Weekly ${number}`,
      status: "Sent",
      createdAt: sentAt - 2 * dayMs,
      sentAt,
    };
  });
  const draft: SentCampaign = {
    id: `01CMP${shortId(`${account} draft`)}`,
    messageId: `01MSG${shortId(`${account} draft`)}`,
    name: "Next season",
    status: "Draft",
    createdAt: opened + week * 7 * dayMs,
    sentAt: null,
  };
  return [draft, ...sent];
}

/** What one campaign led to. Unique counts are at most the deliveries; complaints and bounces stay small, as they do. */
export function campaignCounts(account: string, campaign: SentCampaign) {
  const random = seededRandom(`${account} ${campaign.id} counts`);
  // Most of those who were there by then.
  const profiles = ((campaign.sentAt ?? campaign.createdAt) - opened) / (thoughtOutMs / allProfiles(account));
  const recipients = Math.floor(profiles * (0.7 + random() * 0.25));
  const bounced = Math.floor(recipients * (0.002 + random() * 0.018));
  const delivered = recipients - bounced;
  const opens_unique = Math.floor(delivered * (0.22 + random() * 0.25));
  const clicks_unique = Math.floor(opens_unique * (0.04 + random() * 0.1));
  const conversion_uniques = Math.floor(clicks_unique * random() * 0.25);
  const unsubscribes = Math.floor(delivered * random() * 0.004);
  return {
    recipients,
    delivered,
    bounced,
    failed: 0,
    bounced_or_failed: bounced,
    opens: Math.floor(opens_unique * 1.4),
    opens_unique,
    clicks: Math.floor(clicks_unique * 1.2),
    clicks_unique,
    conversions: conversion_uniques,
    conversion_uniques,
    conversion_value: Math.round(conversion_uniques * (20 + random() * 60) * 100) / 100,
    spam_complaints: Math.floor(delivered * random() * 0.0008),
    unsubscribes,
    unsubscribe_uniques: unsubscribes,
  };
}
