ALTER TABLE `deleted_orders` ADD `days` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
CREATE INDEX `deleted_orders_at` ON `deleted_orders` (`tenant_id`,`deleted_at`);--> statement-breakpoint
-- What the language data of workerd counted without decimals, where ISO 4217 has some, keeps its meaning.
UPDATE `orders` SET "gross_minor" = "gross_minor" * 100 WHERE "currency" IN ('AFN','ALL','IRR','KPW','LAK','LBP','MGA','MMK','MRO','RSD','SLL','SOS','STD','SYP','TMM','YER','ZMK','ZWD');--> statement-breakpoint
UPDATE `refunds` SET "amount_minor" = "amount_minor" * 100 WHERE "currency" IN ('AFN','ALL','IRR','KPW','LAK','LBP','MGA','MMK','MRO','RSD','SLL','SOS','STD','SYP','TMM','YER','ZMK','ZWD');--> statement-breakpoint
UPDATE `measurements` SET "value" = "value" * 100 WHERE "currency" IN ('AFN','ALL','IRR','KPW','LAK','LBP','MGA','MMK','MRO','RSD','SLL','SOS','STD','SYP','TMM','YER','ZMK','ZWD') AND ("sensor", "metric") IN (VALUES ('shopify-sensor', 'revenue'), ('shopify-sensor', 'average_order'), ('shopify-sensor', 'refunds'), ('shopify-sensor', 'net_revenue'), ('ga4-sensor', 'revenue'), ('ga4-sensor', 'revenue_by_channel'));--> statement-breakpoint
UPDATE `orders` SET "gross_minor" = "gross_minor" * 1000 WHERE "currency" = 'IQD';--> statement-breakpoint
UPDATE `refunds` SET "amount_minor" = "amount_minor" * 1000 WHERE "currency" = 'IQD';--> statement-breakpoint
UPDATE `measurements` SET "value" = "value" * 1000 WHERE "currency" = 'IQD' AND ("sensor", "metric") IN (VALUES ('shopify-sensor', 'revenue'), ('shopify-sensor', 'average_order'), ('shopify-sensor', 'refunds'), ('shopify-sensor', 'net_revenue'), ('ga4-sensor', 'revenue'), ('ga4-sensor', 'revenue_by_channel'));--> statement-breakpoint
-- The decimals that were rounded away are read again.
UPDATE `schedules` SET "cursor" = NULL WHERE "job" IN ('shopify-sensor', 'ga4-sensor') AND "tenant_id" IN (SELECT "tenant_id" FROM `measurements` WHERE "currency" = 'IQD' OR "currency" IN ('AFN','ALL','IRR','KPW','LAK','LBP','MGA','MMK','MRO','RSD','SLL','SOS','STD','SYP','TMM','YER','ZMK','ZWD'));
