def bases(): return {}
def older(key, v): return []
def models(key, s): return []
