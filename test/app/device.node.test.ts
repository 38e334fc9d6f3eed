import { expect, test } from "vitest";
import { deviceOf } from "#app/components/client/device.ts";

const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

test.each([
  ["", { browser: undefined, system: undefined, mobile: false }],
  ["curl/8.5.0", { browser: undefined, system: undefined, mobile: false }],
  [chrome, { browser: "Chrome", system: "Linux", mobile: false }],
  [`${chrome} Edg/140.0.0.0`, { browser: "Edge", system: "Linux", mobile: false }],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
    { browser: "Safari", system: "iPhone", mobile: true },
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    { browser: "Firefox", system: "Windows", mobile: false },
  ],
])("a browser is called what its person calls it, not what it pretends to be: %s", (userAgent, device) => {
  expect(deviceOf(userAgent)).toEqual(device);
});
