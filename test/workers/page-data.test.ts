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
  const [, sent = ""] = html.match(/<script type="application\/json">([^<]*)<\/script><script nonce="[^"]+">/) ?? [];
  expect(html).toContain(`<script nonce="${nonce}">window.__remixContext.streamController.enqueue(document.currentScript.`);
  const [first = ""] = sent.split("\n");
  expect(JSON.parse(first)).toContainEqual(expect.stringContaining(name));
  expect(html.endsWith("window.__remixContext.streamController.close();</script></body></html>")).toBe(true);
});

test("the step before a consent goes on by itself for our own pages; whom another site sent there must press its button", async () => {
  const tenant = await makeTenant();
  const { token } = await makeUser({ roles: [[tenant, "owner"]], staff: true });
  for (const path of [`/t/${tenant.id}/connect/klaviyo?sets=marketing`, "/admin/new-client/klaviyo"]) {
    const goesOn = async (site: string) => {
      const response = await ask(path, { headers: { ...asPerson(token), "sec-fetch-site": site } });
      expect(response.status).toBe(200);
      const html = await response.text();
      expect(html).toMatch(/<a [^>]*href="\/api\/(auth|integrations)\//);
      return html.includes('http-equiv="refresh"');
    };
    expect([await goesOn("same-origin"), await goesOn("cross-site"), await goesOn("same-site")], path).toEqual([true, false, false]);
  }
});
