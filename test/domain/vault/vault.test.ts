import { desc, eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, dataKeys } from "#db/schema/index.ts";
import { currentDataKey, openDataKey } from "#server/domain/vault/data-keys.ts";
import { importKey, open, seal, unwrap, VaultError, versionOf, wrap } from "#server/domain/vault/envelope.ts";
import { rootKeyCoverage, rotateRootKey } from "#server/domain/vault/rotate-root-key.ts";
import { openSecret, sealSecret } from "#server/domain/vault/secrets.ts";
import { createCaller } from "#server/trpc/root.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";

const key = () => importKey(crypto.getRandomValues(new Uint8Array(32)));
const place = { tenant: "acme", connection: "con_1", field: "access_token" };
const keysOf = (tenant: string) => openDb(testEnv.DB).select().from(dataKeys).where(eq(dataKeys.tenantId, tenant));

describe("a sealed secret", () => {
  test("does not open in another row, tenant, field or key version", async () => {
    const dataKey = await key();
    const sealed = await seal(dataKey, { place, version: 1, secret: "shpat_secret" });
    const elsewhere = [{ tenant: "beta" }, { connection: "con_2" }, { field: "refresh_token" }];
    for (const other of elsewhere) {
      await expect(open(dataKey, { place: { ...place, ...other }, sealed })).rejects.toThrow(VaultError);
    }
    await expect(open(dataKey, { place, sealed: sealed.replace("a1.1.", "a1.2.") })).rejects.toThrow(VaultError);
  });

  test("does not open where two places would read the same when glued together", async () => {
    const dataKey = await key();
    const sealed = await seal(dataKey, { place: { tenant: "a|b", connection: "c", field: "d" }, version: 1, secret: "secret" });
    await expect(open(dataKey, { place: { tenant: "a", connection: "b|c", field: "d" }, sealed })).rejects.toThrow(VaultError);
  });

  test("does not open with any one of its bits flipped", async () => {
    const dataKey = await key();
    const sealed = await seal(dataKey, { place, version: 1, secret: "secret" });
    const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (let at = "a1.1.".length; at < sealed.length - 1; at++) {
      const digit = digits.indexOf(sealed.charAt(at));
      if (digit < 0) continue;
      const flipped = sealed.slice(0, at) + digits.charAt(digit ^ 32) + sealed.slice(at + 1);
      await expect(open(dataKey, { place, sealed: flipped })).rejects.toThrow(VaultError);
    }
  });

  test("does not open under another key, nor as something that never was sealed", async () => {
    const sealed = await seal(await key(), { place, version: 1, secret: "secret" });
    await expect(open(await key(), { place, sealed })).rejects.toThrow(VaultError);
    for (const text of ["", "secret", "a1.0.x.y", `${sealed}.`, sealed.replace("a1", "a2")]) {
      await expect(open(await key(), { place, sealed: text })).rejects.toThrow(VaultError);
      expect(() => versionOf(text)).toThrow(VaultError);
    }
  });

  test("opens in its place, says its key's version in clear, and never looks the same twice", async () => {
    const dataKey = await key();
    const secrets = ["", "shpat_secret", "mot de passe ✓", "x".repeat(5000)];
    for (const secret of secrets) {
      const sealed = await seal(dataKey, { place, version: 7, secret });
      expect(await open(dataKey, { place, sealed })).toBe(secret);
      expect(versionOf(sealed)).toBe(7);
      expect(await seal(dataKey, { place, version: 7, secret })).not.toBe(sealed);
    }
  });
});

describe("a tenant's data key", () => {
  test("does not unwrap for another tenant, version or root key id", async () => {
    const root = await key();
    const at = { tenant: "acme", version: 1, rootKeyId: "k1" };
    const dataKey = crypto.getRandomValues(new Uint8Array(32));
    const wrapped = await wrap(root, { place: at, dataKey });
    for (const other of [{ tenant: "beta" }, { version: 2 }, { rootKeyId: "k2" }]) {
      await expect(unwrap(root, { place: { ...at, ...other }, wrapped })).rejects.toThrow(VaultError);
    }
    expect(await unwrap(root, { place: at, wrapped })).toEqual(dataKey);
  });

  test("is one, however many make the first at once", async () => {
    const ctx = testTenantCtx(await makeTenant());
    const made = await Promise.all(Array.from({ length: 8 }, () => currentDataKey(ctx)));
    const rows = await keysOf(ctx.tenant.id);
    expect(rows).toHaveLength(1);
    const field = { connectionId: "con_1", field: "access_token" };
    for (const dataKey of made) {
      const sealed = await sealSecret(ctx, dataKey, { ...field, secret: "a secret value" });
      expect(await openSecret(ctx, rows, { ...field, sealed })).toBe("a secret value");
    }
  });

  test("of one tenant does not open when its row is moved to another", async () => {
    const ctx = testTenantCtx(await makeTenant());
    const other = testTenantCtx(await makeTenant());
    const sealed = await sealSecret(ctx, await currentDataKey(ctx), { connectionId: "con_1", field: "f", secret: "a secret value" });
    const [row] = await keysOf(ctx.tenant.id);
    if (!row) throw new Error("no data key");
    const moved = [{ ...row, tenantId: other.tenant.id }];
    await expect(openSecret(other, moved, { connectionId: "con_1", field: "f", sealed })).rejects.toThrow(VaultError);
    await expect(openSecret(other, [row], { connectionId: "con_1", field: "f", sealed })).rejects.toThrow(/no data key of version 1/);
  });

  test("under a root key that is no longer configured says which one is missing", async () => {
    const ctx = testTenantCtx(await makeTenant());
    await currentDataKey(ctx);
    const [row] = await keysOf(ctx.tenant.id);
    if (!row) throw new Error("no data key");
    await expect(openDataKey(ctx.config, { ...row, rootKeyId: "gone" })).rejects.toThrow("the root key gone is not in VAULT_KEYS");
  });

  test("an opened secret never reaches a log line", async () => {
    const ctx = testTenantCtx(await makeTenant());
    const field = { connectionId: "con_1", field: "access_token" };
    const sealed = await sealSecret(ctx, await currentDataKey(ctx), { ...field, secret: "shpat_very_secret" });
    const fresh = testTenantCtx(ctx.tenant);
    await openSecret(fresh, await keysOf(ctx.tenant.id), { ...field, sealed });
    fresh.log.error("call failed: shpat_very_secret", { url: "https://x/?t=shpat_very_secret" });
    expect(fresh.traces.lines.join()).not.toContain("shpat_very_secret");
  });
});

describe("rotation of the root key", () => {
  test("is for staff and jobs only", async () => {
    const { actor } = await makeUser();
    await expect(rotateRootKey(testCtx({ actor }))).rejects.toMatchObject({ kind: "forbidden" });
  });

  test("stops and goes on, says how far it is, and leaves every secret as it was", async () => {
    const old = { ...testCtx().config };
    old.VAULT_KEYS = [...old.VAULT_KEYS].reverse();
    const field = { connectionId: "con_1", field: "access_token" };
    const sealed = await Promise.all(
      Array.from({ length: 5 }, async (_, n) => {
        const ctx = { ...testTenantCtx(await makeTenant()), config: old };
        return { ctx, text: await sealSecret(ctx, await currentDataKey(ctx), { ...field, secret: `secret number ${n}` }) };
      }),
    );
    const staff = testCtx({ actor: (await makeUser({ staff: true })).actor });
    const before = await rootKeyCoverage(staff);
    const half = await rotateRootKey(staff, { pageSize: 2, maxPages: 1 });
    expect(half).toEqual({ total: before.total, current: before.current + 2 });
    const whole = await createCaller(staff).credentials.rotate();
    expect(whole).toEqual({ total: before.total, current: before.total });
    const [line] = await staff.directory.select().from(auditLog).where(eq(auditLog.action, "root_key.rotated")).orderBy(desc(auditLog.id));
    expect(line).toMatchObject({ actorType: "staff", details: { rootKeyId: "t2", ...whole } });
    for (const [n, { ctx, text }] of sealed.entries()) {
      const rows = await keysOf(ctx.tenant.id);
      expect(rows.map(({ rootKeyId }) => rootKeyId)).toEqual(["t2"]);
      expect(await openSecret(testTenantCtx(ctx.tenant), rows, { ...field, sealed: text })).toBe(`secret number ${n}`);
    }
  });
});
