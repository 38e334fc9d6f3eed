import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser } from "#test/harness.ts";

async function look(path: string, token?: string) {
  const headers = { ...(token && asPerson(token)), accept: "text/html", "sec-fetch-dest": "document" };
  const answer = await ask(path, { headers, redirect: "manual" });
  const root = parse(await answer.text());
  const text = (selector: string) => root.querySelector(selector)?.text ?? null;
  return {
    status: answer.status,
    to: answer.headers.get("location"),
    title: text("title"),
    heading: text("h1"),
    navigation: root.querySelector("nav") !== null,
    back: root.querySelector("main a[href]")?.getAttribute("href"),
  };
}

test("to who is signed out an address that no page has is a plain page; a portal's leads to the sign-in", async () => {
  expect(await look("/nowhere")).toMatchObject({
    status: 404,
    heading: "Page not found",
    navigation: false,
    title: "Page not found · Atrium",
  });
  expect(await look("/t/acme/nowhere")).toMatchObject({ status: 302, to: expect.stringContaining("/sign-in") });
});

test("inside a portal what is not there keeps the frame, with the way back; another's workspace has none", async () => {
  const [own, other] = [await makeTenant({ name: "Own Shop" }), await makeTenant()];
  const { token } = await makeUser({ roles: [[own, "viewer"]] });
  const home = `/t/${own.id}`;
  for (const path of ["nowhere", "runs/run_00000000000000000000000000", "integrations/no-such-provider", "integrations/a/b/c"]) {
    const inside = { status: 404, heading: "Page not found", navigation: true, back: home };
    expect(await look(`${home}/${path}`, token), path).toMatchObject(inside);
  }
  expect((await look(`${home}/nowhere`, token)).title).toBe("Page not found · Own Shop · Atrium");
  expect(await look(`${home}/settings/audit`, token)).toMatchObject({ status: 403, navigation: true, back: home });
  expect(await look(`/t/${other.id}/nowhere`, token)).toMatchObject({ status: 404, navigation: false });
  for (const path of ["/admin/nowhere", "/admin/design"]) expect(await look(path, token)).toMatchObject({ status: 404, navigation: false });
  // An address beside all portals is looked at from the person's own.
  expect(await look("/nowhere", token)).toMatchObject({ status: 302, to: `${home}/nowhere` });
});

test("the admin portal keeps its frame around what is not there", async () => {
  const { token } = await makeUser({ staff: true });
  const inside = { status: 404, heading: "Page not found", navigation: true, back: "/admin" };
  expect(await look("/admin/design", token)).toMatchObject({ status: 200, heading: "Design system" });
  for (const path of ["/admin/nowhere", "/admin/clients/no-such-client", "/admin/runs/run_0"])
    expect(await look(path, token), path).toMatchObject(inside);
});
