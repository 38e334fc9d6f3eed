/** What an automation brought, on its page. The server alone says it: the page gets the sentences. */
export const liftWords = {
  title: "Does it help?",
  verdict: {
    nobody: "Nothing to compare yet. The comparison starts once the automation proposes something outside shadow.",
    noControl: "Nobody can tell what this automation brings, because no customers are left alone. This is only what happened.",
    tooFew: "Too early to tell. It takes about {{more}} more customers, some {{weeks}} weeks at the current pace.",
    tooFewFar:
      "Too early to tell. At the current pace the {{more}} more customers that it takes come in more than two years. A larger control group, or a larger difference to look for, takes fewer.",
    tooFewPaused: "Too early to tell. It takes about {{more}} more customers.",
    tooFewOpen: "Too early to tell. There are enough customers; the result is due in about {{weeks}} weeks.",
    tooFewUnknown: "Too early to tell. How many customers it takes will show once {{people}} of them have had their {{days}} days.",
    more: "It helps: {{treated}} of its customers bought, against {{control}} of those left alone. That is {{low}} to {{high}} more in 100.",
    fewer:
      "It does harm: {{treated}} of its customers bought, against {{control}} of those left alone. That is {{low}} to {{high}} fewer in 100.",
    unclear:
      "No difference was found: {{treated}} of its customers bought, against {{control}} of those left alone. With this many customers, a difference of {{points}} in 100 would most likely have shown.",
  },
  caption: "Customers it was proposed to contact, beside those left alone",
  captionAlone: "Customers it was proposed to contact",
  columns: { figure: "Metric", treated: "Proposed", control: "Left alone", difference: "Difference", always: "Safe range" },
  rows: {
    people: "Customers compared",
    open: "Not counted yet",
    bought: "Bought",
    value: "Spent per customer ({{currency}})",
    others: "Contacted by other automations",
  },
  counted: "{{count}} ({{share}})",
  range: "{{low}} to {{high}}",
  notes: {
    counted:
      "Each customer counts from the first proposal, whether it was approved or not, and for {{days}} days. Their orders count less what was cancelled or refunded.",
    since: "Compared since {{date}}.",
    open: "Customers whose {{days}} days aren’t over are not counted yet.",
    ranges:
      "In brackets is the range in which a difference lies 95 times in 100. The safe range is wider: it holds however often you look, so the sentence above goes by it.",
    unbalanced: "Other automations contacted one group more than the other, so part of the difference may be theirs.",
    balanced: "Other automations contacted both groups about equally.",
    outliers: "A few large orders make up much of the difference in {{currency}}.",
  },
} as const;
