/// An RSA key of 2048 bits that exists for these tests only; it protects nothing.
let rsaPrivateKeyPEM = """
    -----BEGIN PRIVATE KEY-----
    MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCdwC6mYi/wxmmT
    m1bW3dPpXVZtQody5j1YWhbHwmDAAA6jwRtkMVb8n4utfgrkAH/EaYQdG+FTGepR
    CxcpjPt8i7fwsjTNnueGBwIQ/JjliAZjZ1atwxVCtvhKFG8y9eAYZSpC6hcYtUd9
    yYpvLL0Sxqp2Mwki6X4BWWhOhY65/1A5j2BqzK6VKH9sLusdXxRrr8yDiMusy3Mq
    hOODBOrroNM5D2HELsbHWKg/PCaoO0ZeuVXC2+EHaAIcYkfWUZY2dHUYKiHgpFXm
    Vx9Y4Z2xq7kmC8MHeOyICwHkKiizFGYatCJNTBzJ1nWoi/Fdm1hkzDsoyoRegqpj
    Oew4sW9jAgMBAAECggEABvfbAGaA1XAW+/owRaEgTn5Ft8ouuAz0SAYYisgzp1Mq
    xr7Ql0wMd55wMoZsP6PeuyJYP6DsAr0sIreYJrG21z8B0KtOh59n2f2Uh/fsGRGt
    3GEg7N+nWpWeHnYjhjxii45piJSa7mTWduBU7AZzV//jpwFWe27bf36rLqzCiNyy
    qAQSBsUs4dA80CEif4iWZXXlIDsHqS+pYJBs57G7sMSwoD+lJiKEdvoKi6Zgj/Li
    MYb8U4R973w+6Z9XwnL2vPwoGbVO0qnutUdysIxt8Giisjlpj/DPiZUU3NeDEiQ8
    mlN20CT81a1Vjqs/nsggm9t9abrm7oiTJcekELsKIQKBgQDZSvqnNJT/r4g4vJAo
    IRf+VQPsYUtDmkYWjmlBM+27MoUR0dMT8lo67cRPzvPNWYBBP274s1g5VRxnSWTk
    svRitmFYnivobY1YWlim7Yy3YrlqBXdxqJcjQP9L24ovmI0sUm1hrxkE1iYdbKoy
    UwJI0nw48LjYut3/IVl4ClrehwKBgQC52fPSyE/dGWVblm4RraOG8EAdVUJllMiZ
    l1mhhs9e1i040JbcysDMGHtKE2WHR2poEH2WC87m6y5COlXK6QxRgc/36QCW1dc7
    Ga3S8NwwMd/NN+In9jHe3kGll6ADT9dPhM45f2k5KMfjBbDTieWNJSGv4uPaVSC9
    7NUyUsEjRQKBgFc0zk/YvIu5KNSMaNaSIY0DFaYCjjA9dC+NTBTNAHYGmn1CVpJE
    y42m6wiUqCgb6WtGSAUsBRZNYC7bt9BJOed8BqmIIVsQzI9PAxFLeRQIXR19wCgv
    XyjY5xzMqTLc6JuHITr5CPN19qoMeGnmAp6zSwOXKLhilsHT4pJYpYt1AoGATUDl
    81ZErFlkIoATXNHaybqQTCEmqmcAQ6gAH/6TsI5C2f0K2NiG78+1YANUDrmG558D
    NR3PcXmNDwaEpwXckvzs39ZA4nIdN3njIW3xeS8iIoH6RjY2YLfufdDbOMU1cN55
    grkNmi7zd9DjweruOo+WwzADGryMEaaisHppwikCgYBeMUk8wqrQitvWjInaHkrZ
    9JaLB2RSKVVlXWcV6mH5jEgvPWWzn/gwaoHdm7vZtcNicv6zbz6xpyY9ICfODS/O
    Hd7BI3PpPD28kDTIHeNaUQ8Vj2md0KGJ8j8++kjLvnUiIWXZam/CMRM8X8HKy+MK
    jrNVd7qU+KS4anWkva5eyg==
    -----END PRIVATE KEY-----
    """
