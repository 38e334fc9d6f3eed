import { expect, test } from "vitest";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser } from "#test/harness.ts";

test("a page carries its data in a script with the page's nonce, which no name in the data can end", async () => {
  const name = "</script><b>&\u2028</body></html>";
  const tenant = await makeTenant({ name });
  const { token } = await makeUser({ roles: [[tenant, "owner"]] });
  const response = await ask(`/t/${tenant.id}`, { headers: asPerson(token) });
  const html = await response.text();
  expect(response.status).toBe(200);
  expect(html).toMatch(/^<!DOCTYPE html>/);
  expect(html).not.toContain("</script><b>");
  const nonce = /'nonce-([^']+)'/.exec(response.headers.get("content-security-policy") ?? "")?.[1];
  const [, sent = ""] = html.match(/<script nonce="[^"]+">window\.__remixContext\.streamController\.enqueue\((".*?")\);/) ?? [];
  expect(html).toContain(`<script nonce="${nonce}">window.__remixContext.streamController.enqueue(`);
  expect(JSON.parse(sent)).toContain(JSON.stringify(name).slice(1, -1));
  expect(html.endsWith("window.__remixContext.streamController.close();</script></body></html>")).toBe(true);
});
