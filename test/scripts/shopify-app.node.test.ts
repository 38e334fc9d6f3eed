import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { expect, test } from "vitest";
import { z } from "zod";
import { deployedTriggers } from "#sandbox/shopify/flow.ts";
import { fillIn, isOrigin, placeholder } from "#scripts/shopify-app/fill-in.ts";
import { type FlowAction, flowActions, flowDoor } from "#server/catalog/flow-actions.ts";
import { type FlowTrigger, flowTriggers } from "#server/catalog/flow-triggers.ts";
import { PixelSignal, pixelDoor } from "#server/catalog/pixel.ts";
import { shopifyVersion } from "#server/catalog/providers/shopify-api.ts";
import { doorOf } from "#workers/doors.ts";
import { endpoint, listen } from "../../shopify/extensions/web-pixel/src/pixel.ts";

/** What stands in shopify/ is deployed by hand, rarely: without these it would drift from the code that speaks to it. */
const root = join(import.meta.dirname, "../../shopify");
const Field = z.strictObject({
  type: z.string(),
  key: z.string().optional(),
  name: z.string().optional(),
  description: z.string().optional(),
  required: z.boolean().optional(),
});
const Flow = z.strictObject({
  extensions: z.tuple([
    z.strictObject({
      name: z.string(),
      type: z.enum(["flow_trigger", "flow_action"]),
      handle: z.string(),
      description: z.string(),
      runtime_url: z.string().optional(),
    }),
  ]),
  settings: z.strictObject({ fields: z.array(Field) }),
});
const folders = readdirSync(join(root, "extensions"));
const fileOf = (folder: string) => parse(readFileSync(join(root, "extensions", folder, "shopify.extension.toml"), "utf8"));
const deployed = folders.flatMap((folder) => {
  const { data } = Flow.safeParse(fileOf(folder));
  return data ? [{ folder, ...data.extensions[0], fields: data.settings.fields }] : [];
});
const ofType = (type: string) => deployed.filter((each) => each.type === type);
const named = <T>(all: Readonly<Record<string, T>>): [string, T][] => Object.entries(all);

test("each folder is an extension of its own handle, which Shopify takes", () => {
  expect(folders.filter((folder) => !deployed.some((each) => each.folder === folder))).toEqual(["web-pixel"]);
  for (const { folder, handle, name } of deployed) {
    expect(handle).toBe(folder);
    // shopify.dev, "Flow trigger reference": at most 30 characters, letters, digits and hyphens.
    expect(handle).toMatch(/^[A-Za-z0-9-]{1,30}$/);
    expect(name).not.toMatch(/[.,;:!?]/);
  }
  expect(new Set(deployed.map(({ handle }) => handle)).size).toBe(deployed.length);
});

test("the triggers are those that the code sends, with its fields and no other", () => {
  const expected = named<FlowTrigger>(flowTriggers).map(([handle, { title, description, reference, fields }]) => ({
    ...{ folder: handle, type: "flow_trigger", handle, name: title.en, description },
    fields: [
      ...(reference === null ? [] : [{ type: `${reference}_reference` }]),
      ...fields.map(({ key, type, description: said }) => ({
        ...{ type: type === "number" ? "number_decimal" : "single_line_text_field", key, description: said },
      })),
    ],
  }));
  const byHandle = (a: { handle: string }, b: { handle: string }) => (a.handle < b.handle ? -1 : 1);
  expect(ofType("flow_trigger").sort(byHandle)).toEqual(expected.sort(byHandle));
  // Shopify/cli, flow_trigger: letters and spaces alone; not so of an action's keys.
  for (const { key } of named<FlowTrigger>(flowTriggers).flatMap(([, { fields }]) => fields)) expect(key).toMatch(/^[A-Za-z ]+$/);
});

test("the sandbox has the same triggers deployed", () => {
  const expected = named<FlowTrigger>(flowTriggers).map(([handle, { reference, fields }]) => [
    handle,
    { reference, fields: Object.fromEntries(fields.map(({ key, type }) => [key, type])) },
  ]);
  expect(deployedTriggers).toEqual(Object.fromEntries(expected));
});

test("the actions are those that the door knows, with its properties, and call it", () => {
  const expected = named<FlowAction>(flowActions).map(([handle, { title, description, properties }]) => ({
    ...{ folder: handle, type: "flow_action", handle, name: title.en, description, runtime_url: `${placeholder}${flowDoor}` },
    fields: properties.map(({ key, name, description: said, type }) => ({ type, key, name, description: said, required: true })),
  }));
  const byHandle = (a: { handle: string }, b: { handle: string }) => (a.handle < b.handle ? -1 : 1);
  expect(ofType("flow_action").sort(byHandle)).toEqual(expected.sort(byHandle));
  expect(doorOf(flowDoor)).toMatchObject({ who: "signature", senders: "any", readers: "ours" });
});

test("the pixel is loaded with consent to analytics alone, has no settings, and calls the door that there is", () => {
  expect(endpoint).toBe(`${placeholder}${pixelDoor}`);
  expect(doorOf(pixelDoor)).toMatchObject({ who: "anybody", senders: "any", readers: "ours" });
  expect(fileOf("web-pixel")).toMatchObject({
    ...{ type: "web_pixel_extension", handle: "web-pixel", runtime_context: "strict" },
    customer_privacy: { analytics: true, marketing: false, preferences: false, sale_of_data: "disabled" },
    settings: { type: "object" },
  });
});

/** A pixel in the shop of a visitor who allows analytics, or not. */
function visit(allowed: boolean) {
  const sent: unknown[] = [];
  const told: { checkout?: () => void; consent?: (event: { customerPrivacy: { analyticsProcessingAllowed: boolean } }) => void } = {};
  listen(
    {
      analytics: { subscribe: (_, tell) => Object.assign(told, { checkout: tell }) },
      customerPrivacy: { subscribe: (_, tell) => Object.assign(told, { consent: tell }) },
      init: { customerPrivacy: { analyticsProcessingAllowed: allowed }, data: { shop: { myshopifyDomain: "acme.myshopify.com" } } },
    },
    (url, init) => {
      sent.push([url, init]);
      return Promise.reject(new Error("nobody is there"));
    },
  );
  const decide = (now: boolean) => told.consent?.({ customerPrivacy: { analyticsProcessingAllowed: now } });
  return { sent, buys: () => told.checkout?.(), decide };
}

test("the pixel says that a checkout was completed and in which shop, as the door reads it, and only with consent at that moment", () => {
  const willing = visit(true);
  willing.buys();
  const body = '{"v":1,"event":"checkout_completed","shop":"acme.myshopify.com"}';
  expect(PixelSignal.safeParse(JSON.parse(body)).success).toBe(true);
  expect(willing.sent).toEqual([[endpoint, { method: "POST", keepalive: true, headers: { "content-type": "text/plain" }, body }]]);
  willing.decide(false);
  willing.buys();
  expect(willing.sent).toHaveLength(1);
  const unwilling = visit(false);
  unwilling.buys();
  expect(unwilling.sent).toEqual([]);
  unwilling.decide(true);
  unwilling.buys();
  expect(unwilling.sent).toHaveLength(1);
});

test("the app's own settings name our addresses, the version that we speak, and no permission", () => {
  const app = parse(readFileSync(join(root, "shopify.app.toml"), "utf8"));
  expect(app).toMatchObject({
    client_id: "",
    access_scopes: { scopes: "", use_legacy_install_flow: true },
    auth: { redirect_urls: [`${placeholder}/api/auth/oauth/shopify/callback`] },
    webhooks: {
      api_version: shopifyVersion,
      subscriptions: [
        {
          uri: `${placeholder}/webhooks/shopify`,
          topics: ["app/uninstalled", "app/scopes_update"],
          compliance_topics: ["customers/data_request", "customers/redact", "shop/redact"],
        },
      ],
    },
  });
});

test("an installation's own origin and client ID are filled in, and no other origin than one that Shopify can call", () => {
  const filled = fillIn(readFileSync(join(root, "shopify.app.toml"), "utf8"), { origin: "https://portal.example.com", clientId: "ab12" });
  expect(filled).not.toContain(placeholder);
  expect(parse(filled)).toMatchObject({ client_id: "ab12", application_url: "https://portal.example.com/" });
  expect(["https://a.example", "http://a.example", "https://a.example/", "https://a.example/x", "a.example"].map(isOrigin)).toEqual([
    ...[true, false, false, false, false],
  ]);
});
