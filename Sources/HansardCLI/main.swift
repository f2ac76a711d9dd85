print("hansard")
