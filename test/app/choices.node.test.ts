import { expect, test } from "vitest";
import { safeReturnPath } from "#app/return-path.ts";
import { action as chooseLocale } from "#app/routes/locale.tsx";
import { action as chooseTheme } from "#app/routes/theme.tsx";
import { choiceCookie, readTheme } from "#app/theme.ts";

test("a form never leads away from this site", () => {
  for (const elsewhere of [
    null,
    "",
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/.//evil.example",
    "javascript:alert(1)",
    "overview",
    // No page of ours, or a step that acts.
    "/nowhere",
    "/t/acme/connect/klaviyo",
  ]) {
    expect(safeReturnPath(elsewhere)).toBe("/");
  }
  expect(safeReturnPath("/t/acme/runs?status=failed#last")).toBe("/t/acme/runs?status=failed#last");
});

test("an unknown theme in the cookie is the dark one", () => {
  expect(readTheme(null)).toBe("dark");
  expect(readTheme("atrium_theme=pink")).toBe("dark");
  expect(readTheme("x_atrium_theme=light")).toBe("dark");
  expect(readTheme("a=b; atrium_theme=system")).toBe("system");
});

test("an unknown choice is refused and nothing is kept", async () => {
  await expect(chooseTheme(post({ theme: "pink" }))).rejects.toMatchObject({ status: 422 });
  await expect(chooseLocale(post({ locale: "de" }))).rejects.toMatchObject({ status: 422 });
});

test("a choice is kept for a year and leads back to where the person was", async () => {
  const theme = await chooseTheme(post({ theme: "light", returnTo: "/t/acme/settings" }));
  expect(theme.headers.get("location")).toBe("/t/acme/settings");
  expect(theme.headers.get("set-cookie")).toBe("atrium_theme=light; Max-Age=31536000; Path=/; HttpOnly; Secure; SameSite=Lax");
  const locale = await chooseLocale(post({ locale: "he", returnTo: "//evil.example" }));
  expect(locale.headers.get("location")).toBe("/");
  expect(locale.headers.get("set-cookie")).toContain("atrium_locale=he;");
});

test("over plain http, as on a developer's machine, the cookie is not bound to https", () => {
  expect(choiceCookie("a", "b", new Request("http://localhost/"))).not.toContain("Secure");
});

function post(fields: Record<string, string>): Parameters<typeof chooseTheme>[0] {
  const request = new Request("https://atrium.example/theme", { method: "POST", body: new URLSearchParams(fields) });
  return { request, params: {}, context: {} as Parameters<typeof chooseTheme>[0]["context"] };
}
