print("qfex-server")
