import { type HTMLElement, parse } from "node-html-parser";

export interface Page {
  url: URL;
  status: number;
  text: string;
  root: HTMLElement;
}

/** Somebody with a browser that knows cookies, redirects and forms, and no scripts: what the product must work with. */
export interface Visitor {
  fetch: typeof fetch;
  get(url: string | URL): Promise<Page>;
  /** Sends the first form of the page that has all these fields (or the one that `action` ends with), as its button would. */
  submit(page: Page, fields: Record<string, string>, options?: { action?: string }): Promise<Page>;
}

const maxRedirects = 20;

export function createVisitor(): Visitor {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (url: URL) => jars.get(url.host) ?? jars.set(url.host, new Map()).get(url.host) ?? new Map<string, string>();

  const once = async (url: URL, init: RequestInit = {}): Promise<Response> => {
    const jar = jarOf(url);
    const headers = new Headers(init.headers);
    if (jar.size) headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    if (init.method && init.method !== "GET") headers.set("origin", url.origin);
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split(";");
      const [name = "", value = ""] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      const ended = attributes.some((attribute) => /^\s*max-age=0$/i.test(attribute));
      if (ended) jar.delete(name.trim());
      else jar.set(name.trim(), value);
    }
    return response;
  };

  const open = async (start: URL, init?: RequestInit): Promise<Page> => {
    let url = start;
    let response = await once(url, init);
    for (let hops = 0; response.status >= 300 && response.status < 400; hops++) {
      if (hops === maxRedirects) throw new Error(`more than ${maxRedirects} redirects from ${start.pathname}`);
      url = new URL(response.headers.get("location") ?? "/", url);
      response = await once(url);
    }
    const text = await response.text();
    return { url, status: response.status, text, root: parse(text) };
  };

  return {
    fetch: (input, init) => once(new URL(input instanceof Request ? input.url : input), init),
    get: (url) => open(new URL(url)),
    async submit(page, fields, { action } = {}) {
      const form = page.root
        .querySelectorAll("form")
        .find((each) =>
          action
            ? (each.getAttribute("action") ?? "").endsWith(action)
            : Object.keys(fields).every((name) => each.querySelector(`[name="${name}"]`)),
        );
      if (!form) throw new Error(`${page.url.pathname} (${page.status}) has no form with ${Object.keys(fields).join(", ") || action}`);
      const body = new URLSearchParams({ ...valuesOf(form), ...fields });
      const target = new URL(form.getAttribute("action") || page.url.href, page.url);
      if ((form.getAttribute("method") ?? "get").toLowerCase() === "get") {
        target.search = body.toString();
        return open(target);
      }
      return open(target, { method: "POST", body, headers: { "content-type": "application/x-www-form-urlencoded" } });
    },
  };
}

/** What a browser would send of a form that nobody has touched. */
function valuesOf(form: HTMLElement): Record<string, string> {
  const values: Record<string, string> = {};
  for (const input of form.querySelectorAll("input[name], textarea[name]")) {
    const type = input.getAttribute("type") ?? "text";
    const chosen = input.hasAttribute("checked") || !["checkbox", "radio"].includes(type);
    if (chosen && type !== "submit") values[input.getAttribute("name") ?? ""] = input.getAttribute("value") ?? "";
  }
  for (const select of form.querySelectorAll("select[name]")) {
    const option = select.querySelector("option[selected]") ?? select.querySelector("option");
    values[select.getAttribute("name") ?? ""] = option?.getAttribute("value") ?? option?.text ?? "";
  }
  return values;
}
