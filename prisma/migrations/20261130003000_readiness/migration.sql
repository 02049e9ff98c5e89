-- Readiness writes a little: a server that answers questions may have no room on its disk, or take no writes.

-- CreateTable
CREATE TABLE "readiness" (
    "id" INTEGER NOT NULL,
    "writes" BIGINT NOT NULL,

    CONSTRAINT "readiness_pkey" PRIMARY KEY ("id")
);

-- What Prisma cannot say ---------------------------------------------------------------------------------------

-- Only one row is ever there, and it is changed in place. That needs no new room on the disk, so a file is written as well:
-- more rows than fit in the memory that this function gets go through a temporary file, which is gone afterwards.
CREATE FUNCTION "readiness_write"() RETURNS void LANGUAGE plpgsql SET work_mem = '64kB' AS $$
BEGIN
  PERFORM count(*) FROM generate_series(1, 10000);
  INSERT INTO readiness AS r (id, writes) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET writes = r.writes + 1;
END $$;
