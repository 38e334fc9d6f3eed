import { describe, expect, test } from "vitest";
import { CreateClient, UpdateClient, UpdateSettings } from "#server/domain/clients/schemas.ts";
import { invitationLetter, reconnectLetter } from "#server/domain/mail/write-letter.ts";
import { Profile } from "#server/domain/people/schemas.ts";
import { businessNameOf, nameInMail } from "#server/domain/tenancy/name.ts";

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
  "an\u200cna",
  "علی\u200c رضا",
  "evil\u034f",
  "a\ufe0fb",
  "a\u{e0100}b",
  "a\u17b4b",
  "a\u180bb",
  "1.2.3.4/login",
  "192.168.0.1",
  "http:／／evil",
  "ｗｗｗ．evil",
  "cafe\u0301.com/x",
  "evil。com/x",
  "evil．com:80",
  "evil.xn--p1ai/x",
  "...",
  "",
  "x".repeat(81),
];

describe("a name carries neither a message nor a link", () => {
  test.each(nobody)("%j is no name of a person, a contact or a client", (name) => {
    expect([person(name), contact(name), client(name)]).toEqual([false, false, false]);
  });

  test.each([
    ...["Jean-Luc O\u2019Neill", "J.R.R. Tolkien", "J.R.R.Tolkien", "St. John", "St.John Smith", "M.McDonald", "Dr. med. A. B."],
    ...["דנה כהן", "李小龍", "Zoë Müller-Großmann", "Zoe\u0308", "नरेन्द्र", "علی\u200cرضا", "ශ්\u200dරී"],
  ])("%s is one", (name) => {
    expect([person(name), contact(name), client(name)]).toEqual([true, true, true]);
  });

  test("what comes as letters and marks apart is kept as one", () => {
    expect(UpdateClient.parse({ name: "Zoe\u0308", contactName: "Zoe\u0308" })).toEqual({ name: "Zoë", contactName: "Zoë" });
  });

  test.each([
    ...["Booking.example", "cafe\u0301.com", "उदाहरण.भारत", "evil。com", "evil．com", "evil｡com", "ｅｖｉｌ.ｃｏｍ"],
    ...["EVIL.COM", "Evil.Com", "X.Com", "St.John.com", "bit.ly", "evil.xn--p1ai"],
  ])("a shop may be called after its domain, a person may not: %s", (name) => {
    expect([client(name), person(name)]).toEqual([true, false]);
  });

  test("a shop's name may have a symbol in it, and a point", () => {
    expect([client("Café ☕\ufe0f"), client("C#.NET Shop"), client("24/7 Shop")]).toEqual([true, true, true]);
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

  test.each([
    ["evil。com", "evil\u2024com"],
    ["evil．com", "evil\u2024com"],
    ["cafe\u0301.com", "café\u2024com"],
    ["उदाहरण.भारत", "उदाहरण\u2024भारत"],
    ["Visit evil\u034f.com", "Visit evil\u2024com"],
    ["1.2.3.4/login", "1\u20242\u20243\u20244 login"],
    ["http：／／evil．com", "evil\u2024com"],
    ["علی\u200cرضا", "علی\u200cرضا"],
    ["Café ☕\ufe0f", "Café ☕\ufe0f"],
  ])("%s is in a mail what no program opens", (name, inMail) => {
    expect(nameInMail(name)).toBe(inMail);
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

test.each([
  ["www.my-shop.com", "my-shop.com"],
  ["https://www.my-shop.de/fr", "my-shop.de fr"],
  ["Amazon.com: Store", "Amazon.com Store"],
  ["hello@shop.example", "hello shop.example"],
  ["Data: The\u200b Shop", "Data The Shop"],
  ["A\u0000B", "A B"],
  ["10.0.0.1", "10 0 0 1"],
  ["🌸".repeat(60), "Client"],
  [` ${"a🌸".repeat(40)}`, `${"a🌸".repeat(26)}a`],
  ["\u200b", "Client"],
  ["Beta & Sons", "Beta & Sons"],
  ["فروشگاه علی\u200cرضا", "فروشگاه علی\u200cرضا"],
])("an account that its provider calls %j makes a client of a name that may be one", (account, name) => {
  expect(businessNameOf(account)).toBe(name);
  expect(client(name)).toBe(true);
});
