/** What an automation goes by that reads what is expected of customers, on its page. The server alone says it: the page gets the sentences. */
export const outlookWords = {
  title: "How the forecast works",
  sentence: {
    none: "No forecast yet. The first one is made once your orders have been synced.",
    model: "Based on {{bought}} customers, of whom {{again}} ordered on more than one day, from {{from}} to {{until}}.",
    rfm: "There are no chances yet. Customers are grouped by how recently, how often and for how much they ordered.",
    recency: "There are no chances yet. Customers are grouped by when they last ordered.",
  },
  reason: {
    few_customers: "A forecast takes at least 100 customers. There are {{bought}} so far.",
    few_repeat_customers: "A forecast takes at least 40 customers who ordered on more than one day. There are {{again}} so far.",
    short_history: "A forecast takes at least 180 days of orders. Yours begin on {{from}}.",
    starts_disagree: "Your orders fit several forecasts equally well, so none is used.",
    dropout_not_identified: "Your orders don’t show how customers stop buying, so chances would be guesses.",
    ranks_below_rfm: "Tried on your own last 90 days, the simpler groups did better than the forecast, so they are used.",
  },
  segments: {
    caption: "Customers by outlook, as of {{day}}",
    columns: { segment: "Group", customers: "Customers", orders: "Orders expected, 90 days", value: "Expected value" },
    names: { new: "New", loyal: "Loyal", promising: "Promising", at_risk: "At risk", quiet: "Quiet" },
  },
  past: {
    title: "Tried on your own past",
    sentence:
      "On {{from}} the forecast would have expected {{expected}} orders from known customers in the next {{days}} days. {{observed}} came. Its chances were off by {{error}} points on average.",
    caption: "Customers in ten groups, from the least to the most likely to order",
    columns: { group: "Group", customers: "Customers", predicted: "Predicted", observed: "Ordered", range: "Range" },
    chart: "The same as a drawing: the bar is the share who ordered, the mark is what was predicted.",
    range: "{{low}} to {{high}}",
  },
  notes: {
    counted: "Orders of one day count once. Cancelled orders and guests don’t count. Today isn’t known yet.",
    season: "Expected orders follow the season: {{factor}} times a usual quarter ({{low}} to {{high}}), by the same weeks last year.",
    noSeason: "With less than two years of orders it knows no seasons. Before holidays it expects too little, after them too much.",
    spendFew: "Too few customers ordered again to tell what each spends, so everyone’s orders count at the average.",
    spendCorrelated: "In your shop, how often customers order and how much they spend go together, so take the expected value as rough.",
    blind: "It knows nothing of prices, stock or advertising. It never says that a customer has left, only how likely an order is.",
    weekly: "Updated every day, and recalculated from all orders once a week.",
  },
} as const;
