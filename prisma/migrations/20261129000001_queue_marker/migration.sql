-- On a Redis Cluster, where the queues of each consumer can lose jobs by themselves: their marker's id and count of batches.
-- NULL elsewhere: there is one marker for all, in sink.
ALTER TABLE "consumer" ADD COLUMN "queue_marker" TEXT;
