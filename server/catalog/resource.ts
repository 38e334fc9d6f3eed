/** One of the things that a login opens: a GA4 property, an ad account, a page. `id` is the provider's own. */
export interface Resource {
  kind: string;
  id: string;
  name: string;
  /** Through what it is reached (a Google Ads manager, a business), for people and for the request that needs it. */
  parent?: string | undefined;
  currency?: string | undefined;
  timezone?: string | undefined;
}
