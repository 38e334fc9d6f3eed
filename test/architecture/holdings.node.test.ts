import { getTableColumns, getTableName, is } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import { columnsOf, type Holding, type Holds, holdings, ofCustomers } from "#db/holdings.ts";
import * as schema from "#db/schema/index.ts";
import { packed } from "#server/domain/webhooks/meet-privacy-demand.ts";
import { HeldData } from "#server/domain/webhooks/schemas.ts";

const everything: readonly unknown[] = Object.values(schema);
const tables = everything.filter((each) => is(each, SQLiteTable));
const kinds: readonly Holds[] = ["data", "customer", "order", "trace", "proof", "contact", "packed", "sealed", "engine"];
const nameOf = ({ table }: Holding) => getTableName(table);
const said = (holding: Holding) => [...(holding.client === null ? [] : [holding.client]), ...columnsOf(holding, ...kinds)];
const help =
  "Say in db/holdings.ts what it holds and of whom: exports, the end of a client, the erasure of an account and the demands of a shop's customers read it there. A customer's id is `customer`, an order's is `order`, a list that may lead to one of them is `trace`; a person's name, address or IP is `contact`; what nobody may be taken out of is `packed`; secrets are `sealed`; leases and fences are `engine`; all else of a client is `data`.";

test("every table and every column is classified, once", () => {
  const faults = tables.flatMap((table) => {
    const name = getTableName(table);
    const found = holdings.filter((holding) => holding.table === table);
    const [holding] = found;
    if (!holding) return [`The table ${name} is new. ${help}`];
    if (found.length > 1) return [`The table ${name} is classified twice.`];
    const columns = Object.keys(getTableColumns(table));
    const names = said(holding);
    return [
      ...columns.filter((column) => !names.includes(column)).map((column) => `The column ${name}.${column} is new. ${help}`),
      ...names
        .filter((column) => !columns.includes(column))
        .map((column) => `There is no column ${name}.${column} any more: take it out of db/holdings.ts.`),
      ...names.filter((column, at) => names.indexOf(column) !== at).map((column) => `The column ${name}.${column} is classified twice.`),
    ];
  });
  expect(faults).toEqual([]);
});

test("what is called as people and customers are is not called something else", () => {
  const suspicions: { called: RegExp; may: readonly Holds[]; of: string }[] = [
    { called: /customer|buyer|shopper/i, may: ["customer", "proof", "packed"], of: "a shop's customer" },
    { called: /^orderExternalId$|^orderId$/, may: ["order"], of: "a shop's order" },
    { called: /email|phone|^ip$|userAgent|recipient|^contact/i, may: ["contact", "sealed", "packed"], of: "a person" },
    { called: /sealed$|tokenHash|codeHash|stateHash|wrapped/i, may: ["sealed", "packed"], of: "a secret" },
    { called: /^lease|fingerprint/i, may: ["engine"], of: "the engine" },
  ];
  const faults = holdings.flatMap((holding) =>
    suspicions.flatMap(({ called, may, of }) =>
      said(holding)
        .filter((column) => called.test(column) && column !== holding.client && !columnsOf(holding, ...may).includes(column))
        .map((column) => `${nameOf(holding)}.${column} sounds as if it were of ${of}: in db/holdings.ts it is none of ${may.join(", ")}.`),
    ),
  );
  expect(faults).toEqual([]);
});

test("a client's rows go with it, unless somebody said why not", () => {
  const faults = holdings.flatMap((holding) => {
    const owned = "tenantId" in getTableColumns(holding.table);
    if (owned && holding.client !== "tenantId")
      return [`${nameOf(holding)} has a tenantId, and db/holdings.ts does not say that it names the client.`];
    if (owned && holding.atEnd !== "erased") return [`${nameOf(holding)} is a client's, and stays at its end.`];
    return [];
  });
  expect(faults).toEqual([]);
});

test("an export has each file once, paged by columns that there are, and of nobody's table that is no client's", () => {
  const files = holdings.flatMap(({ exported }) => ("not" in exported ? [] : [exported.file]));
  expect(new Set(files).size).toBe(files.length);
  for (const holding of holdings) {
    if ("not" in holding.exported) continue;
    expect({ table: nameOf(holding), client: holding.client }).toEqual({ table: nameOf(holding), client: "tenantId" });
    expect(Object.keys(getTableColumns(holding.table))).toEqual(expect.arrayContaining([...holding.exported.key]));
  }
});

test("of a customer who is to be forgotten it is known where they stand, how they are taken out, and how they are told", () => {
  const shape = Object.keys(HeldData.shape);
  const faults = ofCustomers.flatMap((holding) => {
    const columns = getTableColumns(holding.table);
    const key = Object.entries(schema).find(([, table]) => table === holding.table)?.[0] ?? "";
    return [
      ...(columns.connectionId
        ? []
        : [`${nameOf(holding)} has a customer's rows and no connectionId: a shop's demand does not find them.`]),
      // A row that goes with its customer is not emptied; `effects/customers.ts` keeps an older reading from bringing it back.
      ...columnsOf(holding, ...(holding.withCustomer ? [] : (["customer"] as const)))
        .filter((name) => columns[name]?.notNull)
        .map((name) => `${nameOf(holding)}.${name} cannot be emptied: it must be nullable.`),
      ...(columnsOf(holding, "customer", "trace").length > 0 && !holding.withCustomer && !holding.datedBy
        ? [`${nameOf(holding)} says no \`datedBy\`: an older reading of the same row would bring the customer back.`]
        : []),
      ...(shape.includes(key)
        ? []
        : [
            `What is held of a customer in ${nameOf(holding)} is not handed over: give HeldData a field "${key}", and fill it in domain/webhooks/privacy-requests.ts.`,
          ]),
    ];
  });
  expect(faults).toEqual([]);
});

test("what came from an account goes with it, or somebody said why not", () => {
  const faults = holdings.flatMap((holding) => {
    const of = "connectionId" in getTableColumns(holding.table);
    if (of && !holding.withAccount) return [`${nameOf(holding)} has rows of an account and says no \`withAccount\` in db/holdings.ts.`];
    if (!of && holding.withAccount) return [`${nameOf(holding)} says \`withAccount\` and has no connectionId.`];
    return [];
  });
  expect(faults).toEqual([]);
});

test("what is packed goes as a whole where somebody is to be forgotten", () => {
  const tablesWithPacked = holdings.filter((holding) => columnsOf(holding, "packed").length > 0).map(nameOf);
  expect(Object.keys(packed).sort(), "domain/webhooks/meet-privacy-demand.ts says in `packed` what becomes of each").toEqual(
    tablesWithPacked.sort(),
  );
});

test("a person's name, address or IP goes with their account, or somebody said why not", () => {
  const faults = holdings.flatMap((holding) => {
    const { withPerson, table } = holding;
    if (columnsOf(holding, "contact").length > 0 && !withPerson)
      return [`${nameOf(holding)} has a person's contact and says no \`withPerson\`.`];
    if (withPerson && "by" in withPerson && !(withPerson.by in getTableColumns(table)))
      return [`${nameOf(holding)} has no column ${withPerson.by}.`];
    return [];
  });
  expect(faults).toEqual([]);
});
