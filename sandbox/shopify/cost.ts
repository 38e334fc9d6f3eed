import {
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from "graphql";
import { schema } from "./schema.ts";

/** A query may not ask for more (../shared/providers.md, Shopify / 6 Limits). */
export const maximumCost = 1000;

type Variables = Readonly<Record<string, unknown>>;

interface Sizes {
  /** How many nodes a connection counts for, and how to look into a value; `data` is undefined while the request is estimated. */
  data: unknown;
  variables: Variables;
  fragments: Map<string, SelectionSetNode>;
}

/**
 * Points of a query: an object is one, a connection is 2 and the square root of what its nodes cost together. Shopify publishes no
 * formula any more; this one agrees with the measurement of community.shopify.dev/t/23101 (250 nodes of 2 points in an object: 25).
 */
export function queryCost(document: DocumentNode, variables: Variables, data?: unknown): number {
  const fragments = new Map<string, SelectionSetNode>();
  for (const part of document.definitions) if (part.kind === Kind.FRAGMENT_DEFINITION) fragments.set(part.name.value, part.selectionSet);
  const operation = document.definitions.find((part) => part.kind === Kind.OPERATION_DEFINITION);
  if (!operation) return 0;
  if (operation.operation === "mutation") return 10;
  const root = schema.getQueryType();
  return root ? Math.round(selectionCost(operation.selectionSet, root, { data, variables, fragments })) : 0;
}

function selectionCost(selection: SelectionSetNode, type: GraphQLObjectType, sizes: Sizes): number {
  let cost = 0;
  for (const part of selection.selections) {
    if (part.kind === Kind.FIELD) cost += fieldCost(part, type, sizes);
    else if (part.kind === Kind.INLINE_FRAGMENT) cost += selectionCost(part.selectionSet, type, sizes);
    else {
      const fragment = sizes.fragments.get(part.name.value);
      if (fragment) cost += selectionCost(fragment, type, sizes);
    }
  }
  return cost;
}

function fieldCost(field: FieldNode, parent: GraphQLObjectType, sizes: Sizes): number {
  const defined = parent.getFields()[field.name.value];
  const type = defined && getNamedType(defined.type);
  if (type && isInterfaceType(type) && field.selectionSet) return nodesCost(field, sizes);
  if (!type || !isObjectType(type) || !field.selectionSet) return 0;
  const estimating = sizes.data === undefined;
  const value = estimating ? undefined : valueAt(sizes.data, field);
  if (!estimating && (value === null || value === undefined)) return 0;
  const inner = { ...sizes, data: value };
  if (type.name === "PageInfo") return 0;
  if (type.name.endsWith("Connection")) {
    const nodes = estimating
      ? firstOf(field, sizes.variables) * selectionCost(field.selectionSet, type, inner)
      : selectionCost(field.selectionSet, type, inner);
    return 2 + Math.sqrt(nodes);
  }
  const own = type.name.endsWith("Edge") ? 0 : 1;
  if (Array.isArray(value)) {
    return value.reduce(
      (sum: number, each) => sum + own + selectionCost(field.selectionSet as SelectionSetNode, type, { ...sizes, data: each }),
      0,
    );
  }
  const each = own + selectionCost(field.selectionSet, type, inner);
  const listed = estimating && field.arguments?.some(({ name }) => name.value === "first") ? firstOf(field, sizes.variables) : 1;
  return each * listed;
}

/** Each thing that is asked for by its id, whichever it is: the fragments say as what. */
function nodesCost(field: FieldNode, sizes: Sizes): number {
  const ids = field.arguments?.find(({ name }) => name.value === "ids")?.value;
  const asked = ids?.kind === Kind.VARIABLE ? sizes.variables[ids.name.value] : undefined;
  const costOf = (data: unknown) =>
    (field.selectionSet?.selections ?? []).reduce((sum, part) => {
      if (part.kind !== Kind.INLINE_FRAGMENT || !part.typeCondition) return sum;
      const type = schema.getType(part.typeCondition.name.value);
      return isObjectType(type) ? sum + 1 + selectionCost(part.selectionSet, type, { ...sizes, data }) : sum;
    }, 0);
  if (sizes.data === undefined) return (Array.isArray(asked) ? asked.length : 1) * costOf(undefined);
  const found = valueAt(sizes.data, field);
  return (Array.isArray(found) ? found : []).reduce((sum: number, each) => sum + (each === null ? 0 : costOf(each)), 0);
}

function valueAt(data: unknown, field: FieldNode): unknown {
  return typeof data === "object" && data !== null ? (data as Record<string, unknown>)[field.alias?.value ?? field.name.value] : undefined;
}

function firstOf(field: FieldNode, variables: Variables): number {
  const given = field.arguments?.find(({ name }) => name.value === "first")?.value;
  if (given?.kind === Kind.INT) return Number(given.value);
  const variable = given?.kind === Kind.VARIABLE ? variables[given.name.value] : undefined;
  return typeof variable === "number" ? variable : 1;
}
