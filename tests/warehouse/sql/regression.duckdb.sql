SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  0 AS "c1",
  COUNT(*) AS "c2",
  COUNT(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE)) <= 1.7976931348623157e+308
      THEN 1
    END
  ) AS "c3",
  SUM(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          CASE
            WHEN CASE
              WHEN (
                (
                  CAST("income" AS DOUBLE) - CAST("repaid" AS DOUBLE)
                ) / 0.5e0
              ) IS NULL
              OR -65536.0e0 IS NULL
              THEN NULL
              ELSE GREATEST(
                (
                  (
                    CAST("income" AS DOUBLE) - CAST("repaid" AS DOUBLE)
                  ) / 0.5e0
                ),
                -65536.0e0
              )
            END IS NULL
            OR 65536.0e0 IS NULL
            THEN NULL
            ELSE LEAST(
              CASE
                WHEN (
                  (
                    CAST("income" AS DOUBLE) - CAST("repaid" AS DOUBLE)
                  ) / 0.5e0
                ) IS NULL
                OR -65536.0e0 IS NULL
                THEN NULL
                ELSE GREATEST(
                  (
                    (
                      CAST("income" AS DOUBLE) - CAST("repaid" AS DOUBLE)
                    ) / 0.5e0
                  ),
                  -65536.0e0
                )
              END,
              65536.0e0
            )
          END
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS "c4",
  SUM(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          CASE
            WHEN CASE
              WHEN (
                (
                  CAST("income" AS DOUBLE) - CAST("repaid" AS DOUBLE)
                ) / 0.5e0
              ) IS NULL
              OR -65536.0e0 IS NULL
              THEN NULL
              ELSE GREATEST(
                (
                  (
                    CAST("income" AS DOUBLE) - CAST("repaid" AS DOUBLE)
                  ) / 0.5e0
                ),
                -65536.0e0
              )
            END IS NULL
            OR 65536.0e0 IS NULL
            THEN NULL
            ELSE LEAST(
              CASE
                WHEN (
                  (
                    CAST("income" AS DOUBLE) - CAST("repaid" AS DOUBLE)
                  ) / 0.5e0
                ) IS NULL
                OR -65536.0e0 IS NULL
                THEN NULL
                ELSE GREATEST(
                  (
                    (
                      CAST("income" AS DOUBLE) - CAST("repaid" AS DOUBLE)
                    ) / 0.5e0
                  ),
                  -65536.0e0
                )
              END,
              65536.0e0
            )
          END * CASE
            WHEN CASE
              WHEN (
                (
                  CAST("income" AS DOUBLE) - CAST("repaid" AS DOUBLE)
                ) / 0.5e0
              ) IS NULL
              OR -65536.0e0 IS NULL
              THEN NULL
              ELSE GREATEST(
                (
                  (
                    CAST("income" AS DOUBLE) - CAST("repaid" AS DOUBLE)
                  ) / 0.5e0
                ),
                -65536.0e0
              )
            END IS NULL
            OR 65536.0e0 IS NULL
            THEN NULL
            ELSE LEAST(
              CASE
                WHEN (
                  (
                    CAST("income" AS DOUBLE) - CAST("repaid" AS DOUBLE)
                  ) / 0.5e0
                ) IS NULL
                OR -65536.0e0 IS NULL
                THEN NULL
                ELSE GREATEST(
                  (
                    (
                      CAST("income" AS DOUBLE) - CAST("repaid" AS DOUBLE)
                    ) / 0.5e0
                  ),
                  -65536.0e0
                )
              END,
              65536.0e0
            )
          END
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS "c5",
  SUM(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          ABS(
            CASE
              WHEN CASE
                WHEN (
                  (
                    CAST("income" AS DOUBLE) - CAST("repaid" AS DOUBLE)
                  ) / 0.5e0
                ) IS NULL
                OR -65536.0e0 IS NULL
                THEN NULL
                ELSE GREATEST(
                  (
                    (
                      CAST("income" AS DOUBLE) - CAST("repaid" AS DOUBLE)
                    ) / 0.5e0
                  ),
                  -65536.0e0
                )
              END IS NULL
              OR 65536.0e0 IS NULL
              THEN NULL
              ELSE LEAST(
                CASE
                  WHEN (
                    (
                      CAST("income" AS DOUBLE) - CAST("repaid" AS DOUBLE)
                    ) / 0.5e0
                  ) IS NULL
                  OR -65536.0e0 IS NULL
                  THEN NULL
                  ELSE GREATEST(
                    (
                      (
                        CAST("income" AS DOUBLE) - CAST("repaid" AS DOUBLE)
                      ) / 0.5e0
                    ),
                    -65536.0e0
                  )
                END,
                65536.0e0
              )
            END
          )
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS "c6",
  SUM(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          CASE
            WHEN CASE
              WHEN (
                (
                  CAST("repaid" AS DOUBLE) - 2.0e0
                ) / 0.5e0
              ) IS NULL
              OR -65536.0e0 IS NULL
              THEN NULL
              ELSE GREATEST((
                CAST("repaid" AS DOUBLE) - 2.0e0
              ) / 0.5e0, -65536.0e0)
            END IS NULL
            OR 65536.0e0 IS NULL
            THEN NULL
            ELSE LEAST(
              CASE
                WHEN (
                  (
                    CAST("repaid" AS DOUBLE) - 2.0e0
                  ) / 0.5e0
                ) IS NULL
                OR -65536.0e0 IS NULL
                THEN NULL
                ELSE GREATEST((
                  CAST("repaid" AS DOUBLE) - 2.0e0
                ) / 0.5e0, -65536.0e0)
              END,
              65536.0e0
            )
          END
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS "c7",
  SUM(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE)) <= 1.7976931348623157e+308
      AND ABS(CAST("income" AS DOUBLE)) <= 1.7976931348623157e+308
      THEN CAST(FLOOR(
        (
          CASE
            WHEN CASE
              WHEN (
                (
                  CAST("repaid" AS DOUBLE) - 2.0e0
                ) / 0.5e0
              ) IS NULL
              OR -65536.0e0 IS NULL
              THEN NULL
              ELSE GREATEST((
                CAST("repaid" AS DOUBLE) - 2.0e0
              ) / 0.5e0, -65536.0e0)
            END IS NULL
            OR 65536.0e0 IS NULL
            THEN NULL
            ELSE LEAST(
              CASE
                WHEN (
                  (
                    CAST("repaid" AS DOUBLE) - 2.0e0
                  ) / 0.5e0
                ) IS NULL
                OR -65536.0e0 IS NULL
                THEN NULL
                ELSE GREATEST((
                  CAST("repaid" AS DOUBLE) - 2.0e0
                ) / 0.5e0, -65536.0e0)
              END,
              65536.0e0
            )
          END * CASE
            WHEN CASE
              WHEN (
                (
                  CAST("repaid" AS DOUBLE) - 2.0e0
                ) / 0.5e0
              ) IS NULL
              OR -65536.0e0 IS NULL
              THEN NULL
              ELSE GREATEST((
                CAST("repaid" AS DOUBLE) - 2.0e0
              ) / 0.5e0, -65536.0e0)
            END IS NULL
            OR 65536.0e0 IS NULL
            THEN NULL
            ELSE LEAST(
              CASE
                WHEN (
                  (
                    CAST("repaid" AS DOUBLE) - 2.0e0
                  ) / 0.5e0
                ) IS NULL
                OR -65536.0e0 IS NULL
                THEN NULL
                ELSE GREATEST((
                  CAST("repaid" AS DOUBLE) - 2.0e0
                ) / 0.5e0, -65536.0e0)
              END,
              65536.0e0
            )
          END
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS "c8",
  COUNT(
    CASE
      WHEN (
        ABS(CAST("repaid" AS DOUBLE)) <= 1.7976931348623157e+308
        AND ABS(CAST("income" AS DOUBLE)) <= 1.7976931348623157e+308
      )
      AND ABS((
        (
          CAST("income" AS DOUBLE) - CAST("repaid" AS DOUBLE)
        ) / 0.5e0
      )) > 65536.0e0
      THEN 1
    END
  ) AS "c9"
FROM decisions
WHERE
  "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
  AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1,
  2;
