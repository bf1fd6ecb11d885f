// tests/support/exact_words.h -- the words of the map language that say SIDs and prefixes one by
// one, as ToMapText() writes them. See build_ted.h.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "tests/support/ted_text.h"
#include "tests/support/words.h"

namespace srpce::support {

// What a word, and those it takes, do to an element.
template <typename Element>
using Readers = std::map<std::string, std::function<void(Words&, Element&)>, std::less<>>;

const Readers<NodeText>& ExactNodeWords();
const Readers<LinkText>& ExactLinkWords();

}  // namespace srpce::support
