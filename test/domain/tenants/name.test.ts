import { describe, expect, test } from "vitest";
import { invitationLetter, reconnectLetter } from "#server/domain/mail/write-letter.ts";
import { Profile } from "#server/domain/sessions/schemas.ts";
import { CreateClient, UpdateClient, UpdateSettings } from "#server/domain/tenants/client.ts";
import { nameInMail } from "#server/domain/tenants/name.ts";

const person = (name: string) => Profile.safeParse({ name, locale: "en", timezone: "UTC" }).success;
const contact = (contactName: string) => UpdateSettings.partial().safeParse({ tenant: "t", contactName }).success;
const client = (name: string) => UpdateClient.safeParse({ name }).success;

const nobody = [
  "Win a prize at https://evil.example/x",
  "www.evil.example",
  "HTTP://EVIL.EXAMPLE",
  "evil.example/login",
  "evil.example?x",
  "a@evil.example",
  "mailto:a",
  "Anna\u202egnp.exe",
  "An\u200bna",
  "An\u2060na",
  "An\u00adna",
  "\ufeffAnna\u200f",
  "Anna\nBcc: x",
  "Anna\u2028x",
  "\u3164",
  "...",
  "",
  "x".repeat(81),
];

describe("a name carries neither a message nor a link", () => {
  test.each(nobody)("%j is no name of a person, a contact or a client", (name) => {
    expect([person(name), contact(name), client(name)]).toEqual([false, false, false]);
  });

  test.each(["Jean-Luc O\u2019Neill", "J.R.R. Tolkien", "St. John", "דנה כהן", "李小龍", "Zoë Müller-Großmann", "Dr. med. A. B."])(
    "%s is one",
    (name) => {
      expect([person(name), contact(name), client(name)]).toEqual([true, true, true]);
    },
  );

  test("a shop may be called after its domain, a person may not", () => {
    expect([client("Booking.example"), person("Booking.example")]).toEqual([true, false]);
    expect(CreateClient.shape.name.safeParse("Acme Gifts & Co.").success).toBe(true);
  });
});

describe("a name that a provider gave, or an older row", () => {
  test("enters a mail without what cannot be seen and with no link in it", () => {
    expect(nameInMail("Shop\u202e\u200b https://evil.example/a?b\nx")).toBe("Shop evil\u2024example a?b x");
    expect(nameInMail("pay@evil.example")).toBe("pay evil\u2024example");
    expect([...nameInMail("word ".repeat(60))].length).toBeLessThanOrEqual(80);
    expect(nameInMail("J.R.R. Tolkien & Söhne")).toBe("J.R.R. Tolkien & Söhne");
  });

  test("in every letter that names one", () => {
    const evil = "Account locked, see https://evil.example/now";
    const letters = [
      invitationLetter({ locale: "en", inviter: evil, tenant: evil, role: "viewer", url: "https://portal.example/x" }),
      reconnectLetter({
        locale: "en",
        name: evil,
        provider: "Shopify",
        account: evil,
        tenant: evil,
        jobs: [],
        url: "https://portal.example/x",
      }),
    ];
    for (const { subject, text, html } of letters) for (const part of [subject, text, html]) expect(part).not.toContain("evil.example");
  });
});
