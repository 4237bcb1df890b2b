"""The Python side of oaievalset-action, which runs inside the interpreter that has evals. __main__.py starts its programs.

Programs
    plan        reads the registry and describes what the eval set means today
    host        the warm host: imports everything once and forks a process for each eval
    oaieval     runs one eval in a process of its own

What a plan is made of
    arguments, registry, registry_text, not_found, data_files, samples, classes, completion_functions, evals_of_set,
    sources, code_lists, imported_modules, import_edges, import_statements, missing_imports, dependencies, problems,
    output, wire

What the processes of evals need
    leash, chat_fallback, response_models, loaded_modules, import_effects, api_clients, api_clients_of_today,
    shared_registry, shared_memory,
    drop_unused_samples

Only the standard library and evals are used. Every module runs on Python 3.9 to 3.14. All imports are relative, so that no
name of a module here can hide, or be hidden by, a module of the user's.
"""
