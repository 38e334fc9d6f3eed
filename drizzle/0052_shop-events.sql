ALTER TABLE `order_contents` ADD `moved_at` integer;--> statement-breakpoint
CREATE INDEX `order_contents_moved` ON `order_contents` (`tenant_id`,`connection_id`,`moved_at`) WHERE moved_at is not null;--> statement-breakpoint
CREATE INDEX `privacy_requests_orders` ON `privacy_requests` (`tenant_id`,`connection_id`) WHERE orders <> '[]';