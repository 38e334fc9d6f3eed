import * as build from "virtual:remix/server-build";
import { expect, onTestFinished, test, vi } from "vitest";
import { ask } from "#test/ask.ts";

test("a page that fails writes one line with the request's id, a stack and no value that a query bound", async () => {
  const route = Object.values(build.routes).find((each) => each?.id === "root");
  if (!route) throw new Error("no root");
  // Before the first page is asked for, when the handler takes the routes over.
  const cause = new Error('Failed query: select 1 from "users" where "email" = ?\nparams: kim@buyer.example');
  const loader = () => Promise.reject(new Error("the page could not be read", { cause }));
  const { module } = route;
  Object.assign(route, { module: { ...module, loader } });
  onTestFinished(() => {
    vi.restoreAllMocks();
    // The next file's handler takes the same routes over.
    Object.assign(route, { module });
  });
  const lines: string[] = [];
  for (const name of ["log", "error"] as const) vi.spyOn(console, name).mockImplementation((line) => void lines.push(String(line)));
  const token = "a".repeat(43);
  const answer = await ask(`/sign-in/link/${token}?email=kim@buyer.example`, { headers: { accept: "text/html" } });
  expect(answer.status).toBe(500);
  const failed = lines.filter((line) => line.includes("page.failed")).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(failed).toMatchObject([
    {
      level: "error",
      message: "page.failed",
      request: answer.headers.get("x-request-id"),
      path: "/sign-in/link/[token]",
      error: { message: "the page could not be read", stack: expect.any(Array), cause: { message: expect.stringContaining("[redacted]") } },
    },
  ]);
  expect(lines.join("\n")).not.toMatch(/kim@buyer|aaaaaaa/);
});
