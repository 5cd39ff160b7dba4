-- errors
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  0 AS "c1",
  COUNT(*) AS "c2",
  COUNT(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("score" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("we`ird ""name'" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND CAST("score" AS DOUBLE PRECISION) <= CAST("we`ird ""name'" AS DOUBLE PRECISION)
      THEN 1
    END
  ) AS "c3",
  COUNT(
    CASE
      WHEN (
        ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
        AND ABS(CAST("score" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
        AND ABS(CAST("we`ird ""name'" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
        AND CAST("score" AS DOUBLE PRECISION) <= CAST("we`ird ""name'" AS DOUBLE PRECISION)
      )
      AND CAST("repaid" AS DOUBLE PRECISION) < CAST("score" AS DOUBLE PRECISION)
      THEN 1
    END
  ) AS "c4",
  COUNT(
    CASE
      WHEN (
        ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
        AND ABS(CAST("score" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
        AND ABS(CAST("we`ird ""name'" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
        AND CAST("score" AS DOUBLE PRECISION) <= CAST("we`ird ""name'" AS DOUBLE PRECISION)
      )
      AND CAST("repaid" AS DOUBLE PRECISION) > CAST("we`ird ""name'" AS DOUBLE PRECISION)
      THEN 1
    END
  ) AS "c5",
  COUNT(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("score" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("we`ird ""name'" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND CAST("score" AS DOUBLE PRECISION) > CAST("we`ird ""name'" AS DOUBLE PRECISION)
      THEN 1
    END
  ) AS "c6",
  SUM(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("score" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("we`ird ""name'" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND CAST("score" AS DOUBLE PRECISION) <= CAST("we`ird ""name'" AS DOUBLE PRECISION)
      THEN CAST(FLOOR(
        (
          (
            CASE
              WHEN ABS(
                LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("we`ird ""name'" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - LEAST(
                        GREATEST(CAST("score" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      )
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                )
              ) <= 2e-323
              THEN 0.0e0
              ELSE CAST(LEAST(
                GREATEST(
                  (
                    LEAST(
                      GREATEST(CAST("we`ird ""name'" AS DOUBLE PRECISION), -8.988465674311579e+307),
                      8.988465674311579e+307
                    ) - LEAST(
                      GREATEST(CAST("score" AS DOUBLE PRECISION), -8.988465674311579e+307),
                      8.988465674311579e+307
                    )
                  ),
                  -524288.0e0
                ),
                524288.0e0
              ) AS DOUBLE PRECISION) / 8.0e0
            END
          )
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS "c7",
  SUM(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("score" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("we`ird ""name'" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND CAST("score" AS DOUBLE PRECISION) <= CAST("we`ird ""name'" AS DOUBLE PRECISION)
      THEN CAST(FLOOR(
        (
          CASE
            WHEN ABS(
              (
                CASE
                  WHEN ABS(
                    LEAST(
                      GREATEST(
                        (
                          LEAST(
                            GREATEST(CAST("we`ird ""name'" AS DOUBLE PRECISION), -8.988465674311579e+307),
                            8.988465674311579e+307
                          ) - LEAST(
                            GREATEST(CAST("score" AS DOUBLE PRECISION), -8.988465674311579e+307),
                            8.988465674311579e+307
                          )
                        ),
                        -524288.0e0
                      ),
                      524288.0e0
                    )
                  ) <= 2e-323
                  THEN 0.0e0
                  ELSE CAST(LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("we`ird ""name'" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("score" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  ) AS DOUBLE PRECISION) / 8.0e0
                END
              )
            ) <= 1.5717277847026285e-162
            THEN 0.0e0
            ELSE (
              CASE
                WHEN ABS(
                  LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("we`ird ""name'" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("score" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  )
                ) <= 2e-323
                THEN 0.0e0
                ELSE CAST(LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("we`ird ""name'" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - LEAST(
                        GREATEST(CAST("score" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      )
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                ) AS DOUBLE PRECISION) / 8.0e0
              END
            ) * (
              CASE
                WHEN ABS(
                  LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("we`ird ""name'" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("score" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  )
                ) <= 2e-323
                THEN 0.0e0
                ELSE CAST(LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("we`ird ""name'" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - LEAST(
                        GREATEST(CAST("score" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      )
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                ) AS DOUBLE PRECISION) / 8.0e0
              END
            )
          END
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS "c8"
FROM decisions
WHERE
  "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
  AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1,
  2;

-- errors by time
SELECT
  CASE WHEN "at" < CAST('2026-04-01 00:00:00' AS TIMESTAMP) THEN 0 ELSE 1 END AS "c0",
  0 AS "c1",
  DATE_TRUNC('DAY', CAST("at" AS TIMESTAMP)) AS "c2",
  COUNT(*) AS "c3",
  COUNT(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("score" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("we`ird ""name'" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND CAST("score" AS DOUBLE PRECISION) <= CAST("we`ird ""name'" AS DOUBLE PRECISION)
      THEN 1
    END
  ) AS "c4",
  COUNT(
    CASE
      WHEN (
        ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
        AND ABS(CAST("score" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
        AND ABS(CAST("we`ird ""name'" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
        AND CAST("score" AS DOUBLE PRECISION) <= CAST("we`ird ""name'" AS DOUBLE PRECISION)
      )
      AND CAST("repaid" AS DOUBLE PRECISION) < CAST("score" AS DOUBLE PRECISION)
      THEN 1
    END
  ) AS "c5",
  COUNT(
    CASE
      WHEN (
        ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
        AND ABS(CAST("score" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
        AND ABS(CAST("we`ird ""name'" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
        AND CAST("score" AS DOUBLE PRECISION) <= CAST("we`ird ""name'" AS DOUBLE PRECISION)
      )
      AND CAST("repaid" AS DOUBLE PRECISION) > CAST("we`ird ""name'" AS DOUBLE PRECISION)
      THEN 1
    END
  ) AS "c6",
  COUNT(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("score" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("we`ird ""name'" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND CAST("score" AS DOUBLE PRECISION) > CAST("we`ird ""name'" AS DOUBLE PRECISION)
      THEN 1
    END
  ) AS "c7",
  SUM(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("score" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("we`ird ""name'" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND CAST("score" AS DOUBLE PRECISION) <= CAST("we`ird ""name'" AS DOUBLE PRECISION)
      THEN CAST(FLOOR(
        (
          (
            CASE
              WHEN ABS(
                LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("we`ird ""name'" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - LEAST(
                        GREATEST(CAST("score" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      )
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                )
              ) <= 2e-323
              THEN 0.0e0
              ELSE CAST(LEAST(
                GREATEST(
                  (
                    LEAST(
                      GREATEST(CAST("we`ird ""name'" AS DOUBLE PRECISION), -8.988465674311579e+307),
                      8.988465674311579e+307
                    ) - LEAST(
                      GREATEST(CAST("score" AS DOUBLE PRECISION), -8.988465674311579e+307),
                      8.988465674311579e+307
                    )
                  ),
                  -524288.0e0
                ),
                524288.0e0
              ) AS DOUBLE PRECISION) / 8.0e0
            END
          )
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS "c8",
  SUM(
    CASE
      WHEN ABS(CAST("repaid" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("score" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND ABS(CAST("we`ird ""name'" AS DOUBLE PRECISION)) <= 1.7976931348623157e+308
      AND CAST("score" AS DOUBLE PRECISION) <= CAST("we`ird ""name'" AS DOUBLE PRECISION)
      THEN CAST(FLOOR(
        (
          CASE
            WHEN ABS(
              (
                CASE
                  WHEN ABS(
                    LEAST(
                      GREATEST(
                        (
                          LEAST(
                            GREATEST(CAST("we`ird ""name'" AS DOUBLE PRECISION), -8.988465674311579e+307),
                            8.988465674311579e+307
                          ) - LEAST(
                            GREATEST(CAST("score" AS DOUBLE PRECISION), -8.988465674311579e+307),
                            8.988465674311579e+307
                          )
                        ),
                        -524288.0e0
                      ),
                      524288.0e0
                    )
                  ) <= 2e-323
                  THEN 0.0e0
                  ELSE CAST(LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("we`ird ""name'" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("score" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  ) AS DOUBLE PRECISION) / 8.0e0
                END
              )
            ) <= 1.5717277847026285e-162
            THEN 0.0e0
            ELSE (
              CASE
                WHEN ABS(
                  LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("we`ird ""name'" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("score" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  )
                ) <= 2e-323
                THEN 0.0e0
                ELSE CAST(LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("we`ird ""name'" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - LEAST(
                        GREATEST(CAST("score" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      )
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                ) AS DOUBLE PRECISION) / 8.0e0
              END
            ) * (
              CASE
                WHEN ABS(
                  LEAST(
                    GREATEST(
                      (
                        LEAST(
                          GREATEST(CAST("we`ird ""name'" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        ) - LEAST(
                          GREATEST(CAST("score" AS DOUBLE PRECISION), -8.988465674311579e+307),
                          8.988465674311579e+307
                        )
                      ),
                      -524288.0e0
                    ),
                    524288.0e0
                  )
                ) <= 2e-323
                THEN 0.0e0
                ELSE CAST(LEAST(
                  GREATEST(
                    (
                      LEAST(
                        GREATEST(CAST("we`ird ""name'" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      ) - LEAST(
                        GREATEST(CAST("score" AS DOUBLE PRECISION), -8.988465674311579e+307),
                        8.988465674311579e+307
                      )
                    ),
                    -524288.0e0
                  ),
                  524288.0e0
                ) AS DOUBLE PRECISION) / 8.0e0
              END
            )
          END
        ) * 1048576.0e0
      ) AS BIGINT)
    END
  ) AS "c9"
FROM decisions
WHERE
  "at" >= CAST('2026-03-01 00:00:00' AS TIMESTAMP)
  AND "at" < CAST('2026-05-01 00:00:00' AS TIMESTAMP)
GROUP BY
  1,
  2,
  3;
