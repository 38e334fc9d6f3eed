CREATE TABLE `deleted_orders` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`external_id` text NOT NULL,
	`deleted_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `external_id`)
);
--> statement-breakpoint
DROP INDEX `orders_customer`;--> statement-breakpoint
ALTER TABLE `orders` ADD `cancelled_at` integer;--> statement-breakpoint
CREATE INDEX `orders_customer` ON `orders` (`tenant_id`,`customer_id`,`placed_at`,`day`,`cancelled_at`);--> statement-breakpoint
PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_measurements` (
	`tenant_id` text NOT NULL,
	`sensor` text NOT NULL,
	`metric` text NOT NULL,
	`day` text NOT NULL,
	`dimension` text DEFAULT '' NOT NULL,
	`currency` text DEFAULT '' NOT NULL,
	`value` numeric NOT NULL,
	`measured_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `sensor`, `metric`, `day`, `dimension`, `currency`)
);
--> statement-breakpoint
INSERT INTO `__new_measurements`("tenant_id", "sensor", "metric", "day", "dimension", "currency", "value", "measured_at") SELECT "tenant_id", "sensor", "metric", "day", "dimension", '', "value", "measured_at" FROM `measurements`;--> statement-breakpoint
DROP TABLE `measurements`;--> statement-breakpoint
ALTER TABLE `__new_measurements` RENAME TO `measurements`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE INDEX `measurements_day` ON `measurements` (`tenant_id`,`day`);--> statement-breakpoint
ALTER TABLE `schedules` ADD `timezone` text;--> statement-breakpoint
ALTER TABLE `tenants` ADD `currency_chosen` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `timezone_chosen` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `refunds_order` ON `refunds` (`tenant_id`,`connection_id`,`order_external_id`);--> statement-breakpoint
-- The amounts of a shop are in the currency of the orders of that day; what has none is in the currency of its client.
UPDATE `measurements` SET "currency" = coalesce(
  (SELECT o."currency" FROM `orders` o WHERE o."tenant_id" = `measurements`."tenant_id" AND o."day" = `measurements`."day" GROUP BY o."currency" ORDER BY count(*) DESC LIMIT 1),
  (SELECT r."currency" FROM `refunds` r WHERE r."tenant_id" = `measurements`."tenant_id" AND r."day" = `measurements`."day" GROUP BY r."currency" ORDER BY count(*) DESC LIMIT 1),
  (SELECT o."currency" FROM `orders` o WHERE o."tenant_id" = `measurements`."tenant_id" ORDER BY o."day" DESC LIMIT 1),
  (SELECT t."currency" FROM `tenants` t WHERE t."id" = `measurements`."tenant_id"),
  ''
) WHERE "sensor" = 'shopify-sensor' AND "metric" IN ('revenue', 'orders', 'average_order', 'refunds', 'net_revenue');--> statement-breakpoint
UPDATE `measurements` SET "currency" = coalesce((SELECT t."currency" FROM `tenants` t WHERE t."id" = `measurements`."tenant_id"), '')
WHERE "sensor" = 'ga4-sensor' AND "metric" IN ('revenue', 'revenue_by_channel');--> statement-breakpoint
-- A cancelled order has its own return.
UPDATE `orders` SET "cancelled_at" = (
  SELECT r."refunded_at" FROM `refunds` r
  WHERE r."tenant_id" = `orders`."tenant_id" AND r."connection_id" = `orders`."connection_id" AND r."external_id" = `orders`."external_id" || '-cancelled'
);--> statement-breakpoint
-- All days of a shop are measured anew by its next run, each currency by itself.
UPDATE `schedules` SET "cursor" = json_set("cursor", '$.measuredOn', json('null')) WHERE "job" = 'shopify-sensor' AND "cursor" IS NOT NULL;--> statement-breakpoint
-- What differs from what a form begins with was chosen by a person, unless an account brought it.
UPDATE `tenants` SET "currency_chosen" = ("currency" <> 'EUR'), "timezone_chosen" = ("timezone" <> 'UTC') WHERE "origin" IS NULL;
