ALTER TABLE `webhook_deliveries` ADD `sealed_form` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `webhook_deliveries_form` ON `webhook_deliveries` (`sealed_form`) WHERE sealed is not null;--> statement-breakpoint
UPDATE `webhook_deliveries` SET `sealed_form` = 1 WHERE NOT (`provider` = 'shopify' AND `topic` IN ('orders/create', 'orders/updated'));
