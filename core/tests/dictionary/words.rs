//! Words: what mentors and mentees might write, made up for this purpose. What stands under `held` is never trained on.

/// Sentences of one language.
pub struct Language {
    /// How often it is drawn.
    pub weight: u32,
    /// Trained on.
    pub trained: &'static [&'static str],
    /// Measured with.
    pub held: &'static [&'static str],
}

/// Short things: titles of notes, goals, sessions, actions.
pub const TITLES: &[&str] = &[
    "First meeting", "Weekly meeting", "Lesson plan for Monday", "Questions for next time", "What I learned this week", "Finish the report",
    "Speak in front of the whole team", "Lead the morning round alone", "Call the supplier", "Write to the head of department",
    "Prepare the training", "Read chapter three", "Practise the interview", "Visit the clinic", "Check the water pump", "Plan for the next three months",
    "Feedback on the presentation", "Safety checklist", "How to say no", "My strengths", "Budget for the workshop", "Notes from the visit",
    "Ask for feedback", "Apply for the course", "Find a second mentor", "Thank the team", "Keep a record of every visit", "Finish on time",
];

/// Short things that are never trained on.
pub const HELD_TITLES: &[&str] = &[
    "Midterm conversation", "Repair the generator", "Write the first chapter", "Teach the new volunteers", "Ask for a raise", "Open questions on dosage",
    "Observe a colleague", "Present at the conference", "Slow down and breathe", "Order spare parts",
];

/// Every language.
pub const LANGUAGES: &[Language] = &[ENGLISH, SPANISH, PORTUGUESE, FRENCH, SWAHILI, GERMAN, HINDI, ARABIC];

const ENGLISH: Language = Language {
    weight: 12,
    trained: &[
        "Good morning! How are you today?", "Thank you so much for your time yesterday.", "I think we should talk about this when we meet.",
        "Can we meet on Thursday at three o'clock instead of Tuesday?", "I will be there at nine.", "See you tomorrow!", "That sounds good to me.",
        "I have been thinking about what you said last week.", "It was harder than I thought, but I finished it.", "What would you do in my place?",
        "I don't know how to tell them that I need more time.", "You did that very well, and I want you to know that I noticed.",
        "Please send me the plan before Friday so that I can read it.", "There is no signal here until the evening, so I will answer late.",
        "The meeting with the team went better than expected.", "I was nervous at the beginning, but then the words came.",
        "Let us look at this together next time.", "Could you show me how you do it?", "First watch me, then we do it together, and then you do it alone.",
        "Try it once this week and tell me what happened.", "What was the most difficult part for you?", "What did you learn from it?",
        "I am not sure that I am ready for this.", "You are more ready than you think.", "I would like to work on my confidence.",
        "My goal for this month is to lead one meeting on my own.", "I promised to call the school and I have not done it yet.",
        "The patient was better in the morning, and the family was very grateful.", "We had three new students in the class this week.",
        "The rain has not come, and the maize is dry.", "I checked the pump twice and wrote down the pressure.",
        "Don't forget to eat and to sleep; the work will still be there tomorrow.", "How much time do you have for this every week?",
        "I have two hours a week, usually on Wednesday afternoon.", "Let me know if that works for you.", "I can do it after the holidays.",
        "Sorry, I could not come; the road was closed.", "No problem, we can find another day.", "I read the book that you gave me, and I have some questions.",
        "The first chapter is about listening, which I need to practise.", "She asked me to take over the night shift next month.",
        "He does not listen to me when I explain the steps.", "Maybe you could ask him what he needs from you.",
        "I wrote down three things that went well and one that I want to change.", "What would make today worth it for you?",
        "I want to understand why the results were so different from last year.", "We agreed that nobody else will see these notes.",
        "It is better to ask than to guess.", "I made a mistake with the numbers in the report, and I told my manager.",
        "That took courage, and it was the right thing to do.", "How did they react when you told them?", "They were surprised, but they thanked me.",
        "I would suggest that you begin with the small group and then speak to everybody.", "When I was new here, I had the same problem.",
        "Nobody told me how to do this, so I learned it by watching other people.", "Have you talked to the other people in your department?",
        "Not yet, but I will do it before the end of the week.", "The training begins at eight and there will be about twenty people.",
        "I am proud of what you have done this year.", "We should write down what we want to do until December.",
        "My mother is ill, so I will be away for some days.", "I am sorry to hear that. Take all the time that you need.",
        "The new machine arrived, but we do not have the right cable.", "Can you help me with the application? It is due on the first of March.",
        "Yes, send it to me and I will have a look tonight.", "I have changed the order of the lessons because the children were tired in the afternoon.",
        "What do you think about this idea?", "I like it, but I would make it shorter and more simple.", "They want a decision by Monday.",
        "Which of the two options is better for your future?", "I have never spoken in front of so many people before.",
        "Take a deep breath, look at one friendly face and begin.", "It worked! I did it without notes.", "Congratulations, that is great news!",
        "Where do you want to be in five years?", "I would like to run my own workshop and to teach others.",
        "The supervisor said that my work has improved a lot since the summer.", "I feel that we are moving forward.",
        "Sometimes I think that I am not making any progress.", "Look back at what you wrote in January and see how far you have come.",
        "Next time we could visit the other clinic together.", "I will bring the checklist and the forms.", "Is it all right if I share this with my team?",
        "Please keep this between us for now.", "The list of questions is in the note that we share.", "I added two points to the agenda for our next session.",
        "I have a question about the contract that they want me to sign.", "Before you sign it, ask them how many hours and which days.",
        "We need to talk about money, even if it is not easy.", "The children laughed a lot and learned the song quickly.",
        "I was late again because the bus did not come.", "What can you change so that this does not happen again?",
        "I could leave the house earlier and prepare everything in the evening.", "That is a good plan. Tell me how it goes.",
        "It has been a long week with many difficult conversations.", "I am grateful that you listened without judging me.",
        "Ask her about the dose and write the answer down.", "The wound is clean and there is no fever.", "He can walk with help now.",
        "I was able to explain the whole process to the new colleague.", "You should be the one who shows this to the others.",
        "We can stop here for today and continue next week.", "Thank you, this really helped me.", "Yes, of course.", "OK, thanks!", "I agree.",
        "Not today, sorry.", "Let's do that.", "I'm on my way.", "Call me when you can.", "Did you get my message?", "Great, see you then!",
    ],
    held: &[
        "I spoke with my brother about moving to the city, and he thinks I should wait until the harvest is over.",
        "Yesterday two engines failed at the same time and I stayed calm, which surprised me more than anybody.",
        "Could you look over my letter to the committee? I worry that the second half sounds too angry.",
        "The nurse on duty said the charts were missing again, so we counted the medicine by hand.",
        "Our teacher never explained why the experiment has to be repeated, only that it must be.",
        "I have decided to turn the offer down, because the travel would keep me away from home for months.",
        "Let's keep Wednesday free, since the electricity will probably be off until late in the afternoon.",
        "My apprentice cut the wood too short and was afraid to tell me; how would you talk to him?",
        "There were forty people in the room, and not one of them asked a question when I had finished.",
        "Perhaps the quiet ones need more time; give them paper and let them write first.",
        "Before our call, please think about one thing you would never want to stop doing.",
        "The bridge is closed because of the flood, so the visit has to wait until next month.",
        "I liked how you welcomed the new girl and showed her where everything is kept.",
        "We sold everything at the market by noon, and I finally wrote all the costs into the book.",
        "It is strange to be the one who gives advice now, after so many years of asking for it.",
    ],
};

const SPANISH: Language = Language {
    weight: 2,
    trained: &[
        "Buenos días, ¿cómo estás hoy?", "Muchas gracias por tu tiempo.", "Creo que deberíamos hablar de esto cuando nos veamos.",
        "¿Podemos vernos el jueves a las tres?", "Mañana no tengo señal, te escribo por la tarde.", "Me gustaría trabajar en mi confianza.",
        "Fue más difícil de lo que pensaba, pero lo terminé.", "¿Qué harías tú en mi lugar?", "Los niños aprendieron la canción muy rápido.",
        "Tengo una pregunta sobre el plan para la próxima semana.", "Lo hiciste muy bien y quiero que lo sepas.", "No pude ir porque el camino estaba cerrado.",
        "¿Qué aprendiste de esta experiencia?", "Todavía no, pero lo voy a hacer antes del viernes.",
    ],
    held: &[
        "Ayer hablé con la directora y me dijo que puedo empezar con el grupo pequeño en septiembre.",
        "El motor hace un ruido extraño desde el lunes; ¿lo revisamos juntos cuando vengas?",
    ],
};

const PORTUGUESE: Language = Language {
    weight: 2,
    trained: &[
        "Bom dia, como você está hoje?", "Muito obrigado pelo seu tempo.", "Acho que devemos falar sobre isso na próxima reunião.",
        "Podemos nos encontrar na quinta-feira às três horas?", "Amanhã não tenho sinal, respondo à noite.", "Foi mais difícil do que eu pensava, mas consegui.",
        "O que você faria no meu lugar?", "Ainda não, mas vou fazer isso antes de sexta-feira.", "Tenho uma pergunta sobre o plano da semana.",
        "Você fez isso muito bem.", "O que você aprendeu com isso?", "As crianças aprenderam a canção muito rápido.",
    ],
    held: &["A colheita começou cedo este ano e quase não tive tempo para ler o que você me mandou."],
};

const FRENCH: Language = Language {
    weight: 2,
    trained: &[
        "Bonjour, comment vas-tu aujourd'hui ?", "Merci beaucoup pour ton temps.", "Je pense que nous devrions en parler la prochaine fois.",
        "Est-ce que nous pouvons nous voir jeudi à trois heures ?", "Je n'ai pas de réseau demain, je réponds le soir.",
        "C'était plus difficile que je ne pensais, mais j'ai fini.", "Qu'est-ce que tu ferais à ma place ?", "Je voudrais travailler sur ma confiance.",
        "Pas encore, mais je vais le faire avant vendredi.", "J'ai une question sur le plan de la semaine.", "Qu'est-ce que tu as appris ?",
        "Les enfants ont appris la chanson très vite.", "Tu l'as très bien fait.",
    ],
    held: &[
        "Hier, le médecin m'a laissé faire le pansement toute seule et il n'a rien dit, donc c'était bien.",
        "Le camion est tombé en panne près de la rivière ; nous arriverons avec deux jours de retard.",
    ],
};

const SWAHILI: Language = Language {
    weight: 2,
    trained: &[
        "Habari za asubuhi, hujambo?", "Asante sana kwa muda wako.", "Nafikiri tuzungumze kuhusu hili tutakapokutana.",
        "Tunaweza kukutana siku ya Alhamisi saa tisa?", "Kesho hakuna mtandao hapa, nitajibu jioni.", "Ilikuwa ngumu kuliko nilivyofikiri, lakini nimemaliza.",
        "Ungefanya nini kama ungekuwa mimi?", "Bado, lakini nitafanya kabla ya Ijumaa.", "Nina swali kuhusu mpango wa wiki ijayo.", "Umefanya vizuri sana.",
        "Umejifunza nini?", "Watoto walijifunza wimbo haraka sana.",
    ],
    held: &["Mvua imeanza kunyesha na barabara ya kwenda shuleni imefungwa, kwa hiyo nitafundisha nyumbani wiki hii."],
};

const GERMAN: Language = Language {
    weight: 1,
    trained: &[
        "Guten Morgen, wie geht es dir heute?", "Vielen Dank für deine Zeit.", "Ich glaube, wir sollten darüber sprechen, wenn wir uns sehen.",
        "Können wir uns am Donnerstag um drei Uhr treffen?", "Morgen habe ich kein Netz, ich antworte am Abend.", "Es war schwieriger, als ich dachte, aber ich bin fertig.",
        "Was würdest du an meiner Stelle tun?", "Noch nicht, aber ich mache es vor Freitag.", "Ich habe eine Frage zum Plan für die nächste Woche.",
        "Das hast du sehr gut gemacht.", "Was hast du daraus gelernt?",
    ],
    held: &["Gestern durfte ich zum ersten Mal die ganze Schicht leiten, und am Ende war niemand zu spät zu Hause."],
};

const HINDI: Language = Language {
    weight: 1,
    trained: &[
        "सुप्रभात, आप कैसे हैं?", "आपके समय के लिए बहुत धन्यवाद।", "मुझे लगता है कि हमें अगली बार इस पर बात करनी चाहिए।", "क्या हम गुरुवार को तीन बजे मिल सकते हैं?",
        "यह मेरी सोच से ज़्यादा कठिन था, लेकिन मैंने पूरा किया।", "आप मेरी जगह क्या करते?", "अभी नहीं, लेकिन मैं शुक्रवार से पहले करूँगा।", "आपने बहुत अच्छा किया।",
        "आपने इससे क्या सीखा?", "बच्चों ने गाना बहुत जल्दी सीख लिया।",
    ],
    held: &["कल गाँव में बिजली नहीं थी, इसलिए मैंने पूरी बैठक बिना नोट्स के चलाई।"],
};

const ARABIC: Language = Language {
    weight: 1,
    trained: &[
        "صباح الخير، كيف حالك اليوم؟", "شكرا جزيلا على وقتك.", "أعتقد أننا يجب أن نتحدث عن هذا في المرة القادمة.", "هل يمكننا أن نلتقي يوم الخميس في الساعة الثالثة؟",
        "كان الأمر أصعب مما كنت أظن، لكنني انتهيت منه.", "ماذا كنت ستفعل لو كنت مكاني؟", "ليس بعد، لكنني سأفعل ذلك قبل يوم الجمعة.", "لقد فعلت ذلك بشكل جيد جدا.",
        "ماذا تعلمت من ذلك؟", "تعلم الأطفال الأغنية بسرعة كبيرة.",
    ],
    held: &["أمس أصلحت المضخة وحدي لأول مرة، ولم يحتج أحد إلى مساعدتي بعد ذلك."],
};
