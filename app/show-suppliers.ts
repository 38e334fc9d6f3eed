import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import type { Inputs } from "#server/trpc/root.ts";
import { loadAutomationState } from "./act-on-automation.ts";
import type { Below } from "./below-automation.server.ts";
import { drawSuppliers, MOST_SOUGHT, TABS, type Tab } from "./draw-suppliers.server.ts";
import { formFailure } from "./form-errors.ts";
import { regionOf } from "./i18n/locale.ts";
import { wordsIn } from "./i18n/translator.server.ts";
import { asNumber } from "./setting-form.ts";

const tabOf = (params: URLSearchParams): Tab => TABS.find((each) => each === params.get("tab")) ?? "orders";

/** The page on which an automation shows what suppliers send for a shop. Throws a 404 for one that keeps no such thing. */
export async function loadSuppliers(
  { request, context: { api, locale } }: Pick<LoaderFunctionArgs, "request" | "context">,
  { tenant, automation, timeZone, base: portal, may: mayDo }: Below,
) {
  const may = { decide: mayDo("actions:decide"), map: mayDo("settings:write") };
  const { state } = await loadAutomationState(api, { tenant, automation });
  if (state.shows !== "suppliers") throw new Response("This automation has no suppliers", { status: 404 });
  const { pathname, searchParams } = new URL(request.url);
  const tab = tabOf(searchParams);
  const [asked, cursor] = [searchParams.get("state"), searchParams.get("cursor") ?? undefined];
  const orderState = asked === null ? undefined : (asked as Inputs["supply"]["orders"]["state"]);
  const q = (searchParams.get("q") ?? "").trim().slice(0, MOST_SOUGHT);
  const mapping = may.map ? searchParams.get("map") : null;
  const [orders, variants, form] = await Promise.all([
    tab === "orders" ? api.supply.orders({ tenant, ...(orderState && { state: orderState }), ...(cursor && { cursor }) }) : null,
    tab === "orders" ? null : api.supply.variants({ tenant, show: tab, q, ...(cursor && { cursor }) }),
    mapping === null ? null : api.supply.suggest({ tenant, variant: mapping }),
  ]);
  const reader = { locale, region: regionOf(request.headers.get("accept-language"), locale), timeZone };
  const here = pathname.replace(/\.data$/, "");
  return {
    name: state.title[locale],
    view: drawSuppliers({ orders, variants, form }, reader, {
      here,
      portal,
      tab,
      state: orderState ?? null,
      q,
      cursor: cursor !== undefined,
      may,
    }),
  };
}

/** What the page sent, by its `intent`: what is to become of an order, or what a product is at a supplier. */
export async function actOnSuppliers({ request, context }: Pick<ActionFunctionArgs, "request" | "context">, tenant: string) {
  const form = await request.formData();
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const { api, locale, toast } = context;
  const done = (what: "mapped" | "kept" | "unmapped" | "again" | "anyway" | "partly" | "close") =>
    toast({ kind: "success", message: wordsIn(locale)(`supplyWords:did.${what}`) });
  try {
    switch (form.get("intent")) {
      case "again":
      case "anyway":
      case "partly":
      case "close": {
        const does = text("intent") as Inputs["supply"]["decide"]["does"];
        await api.supply.decide({
          tenant,
          order: text("order"),
          supplier: text("supplier") as Inputs["supply"]["decide"]["supplier"],
          part: asNumber(text("part") || "0") as number,
          does,
          ...(form.has("state") && { state: text("state") as NonNullable<Inputs["supply"]["decide"]["state"]> }),
          ...(form.has("costs") && { costs: asNumber(text("costs")) as number }),
        });
        done(does);
        break;
      }
      case "map": {
        const supplier = text("supplier") as Inputs["supply"]["map"]["supplier"];
        const pack = asNumber(text("pack") || "1") as number;
        await api.supply.map({ tenant, variant: text("variant"), supplier, reference: text("reference"), pack });
        done("mapped");
        break;
      }
      case "keep":
        await api.supply.keep({ tenant, variant: text("variant") });
        done("kept");
        break;
      case "unmap":
        await api.supply.unmap({ tenant, variant: text("variant") });
        done("unmapped");
        break;
      default:
        throw new Response("Unknown intent", { status: 422 });
    }
  } catch (error) {
    const isOpen = text("intent") === "map" && new URL(request.url).searchParams.has("map");
    return formFailure(error, { request, context }, form, isOpen ? ["supplier", "reference", "pack"] : []);
  }
  const back = new URL(request.url);
  back.searchParams.delete("map");
  return redirect(`${back.pathname}${back.search}`);
}
