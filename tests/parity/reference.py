#!/usr/bin/env python3
"""Numbers that tests/it/parity.rs expects, made with scikit-learn: python3 tests/parity/reference.py > tests/parity/reference.json
Needs scikit-learn (1.9.1 was used). Reads every second comment of labels/mixed.csv, 200 of them, in four languages."""
import csv, json, unicodedata
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

rows = list(csv.DictReader(open('labels/mixed.csv', encoding='utf-8')))[::2][:200]
texts = [r['text'].strip() for r in rows]
y = [r['stance'] for r in rows]


def normalise(t):
    return unicodedata.normalize('NFC', t).lower().replace('ё', 'е')


def number(term, base):
    h = 0
    for c in term:
        h = (h * base + ord(c)) % 1000003
    return h / 1000003


def projections(vectoriser, x, name):
    """Per row: number of terms, and two products with numbers made from the terms: equal rows have equal ones."""
    terms = vectoriser.get_feature_names_out()
    r = np.array([[number(t, 31), number(t, 131)] for t in map(name, terms)])
    return [[int(n), float(a), float(b)] for n, (a, b) in zip(np.diff(x.indptr), x @ r)]


words = TfidfVectorizer(preprocessor=normalise, token_pattern=r'\w+', ngram_range=(1, 2), sublinear_tf=True)
chars = TfidfVectorizer(preprocessor=normalise, analyzer='char_wb', ngram_range=(1, 4), sublinear_tf=True)
xw, xc = words.fit_transform(texts), chars.fit_transform(texts)


def objective(c, weights):
    model = LogisticRegression(C=c, tol=1e-10, max_iter=100000).fit(xw, y, sample_weight=weights)
    p = model.predict_proba(xw)
    index = {k: i for i, k in enumerate(model.classes_)}
    loss = -sum(w * np.log(p[i, index[k]]) for i, (k, w) in enumerate(zip(y, weights)))
    return float(loss + (model.coef_ ** 2).sum() / (2 * c))


plain = np.ones(len(y))
uneven = np.array([.5 + .25 * (i % 3) for i in range(len(y))])
print(json.dumps({
    'words': projections(words, xw, str), 'chars': projections(chars, xc, lambda t: t.replace(' ', '_')),
    'objectives': [
        {'c': 1.0, 'uneven': False, 'objective': objective(1.0, plain)},
        {'c': 10.0, 'uneven': False, 'objective': objective(10.0, plain)},
        {'c': 3.0, 'uneven': True, 'objective': objective(3.0, uneven)},
    ],
}, separators=(',', ':')))
